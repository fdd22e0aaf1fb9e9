package org.evonorm.engine.pass;

import static org.evonorm.program.ProgramText.name;
import static org.evonorm.program.ProgramText.names;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The text form of schedules and their passes. It serves readers who follow a layer through the compiler. */
public final class ScheduleText {

    /** Bytes of a float32. */
    private static final int FLOAT = Float.BYTES;

    private ScheduleText() {}

    /** All stages of a schedule, with passes numbered from {@code first} on; one line per step. */
    public static String stages(Schedule schedule, int first) {
        StringBuilder lines = new StringBuilder();
        int pass = first;
        for (int stage = 0; stage < schedule.stages().size(); stage++) {
            Schedule.Stage present = schedule.stages().get(stage);
            lines.append("stage ").append(stage + 1).append('\n');
            line(lines, "per channel", names(present.channelSteps()));
            for (Schedule.Level level : present.levels()) {
                line(lines, "per sample and channel", names(level.sampleChannelSteps()));
                if (level.pass().isPresent()) {
                    lines.append(pass(level.pass().get(), pass++));
                }
            }
            line(lines, "mean over the batch", names(present.batchMeans()));
        }
        return lines.toString();
    }

    private static String pass(TilePass pass, int number) {
        StringBuilder lines = new StringBuilder("  pass " + number + ", " + pass.registers() + " registers\n");
        pass.broadcasts()
                .forEach(broadcast ->
                        line(lines, "  broadcast", register(broadcast.register()) + " = " + name(broadcast.value())));
        pass.loads().forEach(load -> line(lines, "  load", register(load.register()) + " = " + load.tensor()));
        pass.reloads()
                .forEach(reload -> line(lines, "  reload", register(reload.register()) + " = spill " + reload.spill()));
        pass.steps().forEach(step -> line(lines, "  compute", step(step)));
        pass.reductions().forEach(reduction -> line(lines, "  reduce", reduction(reduction)));
        pass.stores().forEach(store -> line(lines, "  store", store(store)));
        return lines.toString();
    }

    /**
     * One line per pass with spills: the spills that the pass stores and reloads. One sentence if no pass has spills.
     */
    public static String spills(List<TilePass> passes) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < passes.size(); i++) {
            TilePass pass = passes.get(i);
            List<String> stored = pass.stores().stream()
                    .filter(store -> store.target() == TilePass.Target.SPILL)
                    .map(store -> "spill " + store.spill().orElseThrow())
                    .toList();
            List<String> reloaded = pass.reloads().stream()
                    .map(reload -> "spill " + reload.spill())
                    .toList();
            if (!stored.isEmpty() || !reloaded.isEmpty()) {
                lines.append("pass ").append(i + 1).append(':');
                lines.append(stored.isEmpty() ? "" : " stores " + String.join(", ", stored));
                lines.append(reloaded.isEmpty() ? "" : " reloads " + String.join(", ", reloaded));
                lines.append('\n');
            }
        }
        return lines.isEmpty() ? "no pass spills a value: each computes anew what it needs\n" : lines.toString();
    }

    /**
     * One line per pass: bytes and operations per value of the tensor. A fused product and sum counts as two
     * operations.
     */
    public static String costs(List<TilePass> passes) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < passes.size(); i++) {
            TilePass pass = passes.get(i);
            long spilled = pass.stores().stream()
                    .filter(store -> store.target() == TilePass.Target.SPILL)
                    .count();
            lines.append(String.format(
                    Locale.ROOT,
                    "pass %d: %d bytes loaded, %d stored, %d spilled, %d reloaded; %d operations, %d reductions%n",
                    i + 1,
                    FLOAT * pass.loads().size(),
                    FLOAT * (pass.stores().size() - spilled),
                    FLOAT * spilled,
                    FLOAT * pass.reloads().size(),
                    pass.steps().stream().mapToInt(ScheduleText::operations).sum(),
                    pass.reductions().size()));
        }
        return lines.toString();
    }

    private static int operations(TilePass.Step step) {
        return switch (step.operation()) {
            case MULTIPLY_ADD, MULTIPLY_SUBTRACT, SUBTRACT_PRODUCT -> 2;
            default -> 1;
        };
    }

    private static String step(TilePass.Step step) {
        return register(step.out()) + " = " + step.operation() + " "
                + step.operands().stream().map(ScheduleText::register).collect(Collectors.joining(", "));
    }

    private static String reduction(TilePass.Reduction reduction) {
        String of = register(reduction.a())
                + (reduction.b().isPresent() ? " * " + register(reduction.b().getAsInt()) : "");
        String mean =
                reduction.mean().isPresent() ? name(reduction.mean().getAsInt()) + " = mean over (w, h) of " + of : "";
        String variance = reduction.variance().isPresent()
                ? name(reduction.variance().getAsInt()) + " = variance over (w, h) of " + of
                : "";
        return mean + (mean.isEmpty() || variance.isEmpty() ? "" : ", ") + variance;
    }

    private static String store(TilePass.Store store) {
        String to = store.spill().isPresent()
                ? "spill " + store.spill().getAsInt()
                : store.target().toString();
        return to + " = " + register(store.register());
    }

    private static String register(int number) {
        return "r" + number;
    }

    private static void line(StringBuilder lines, String what, String text) {
        if (!text.isEmpty()) {
            lines.append("  ").append(what).append(": ").append(text).append('\n');
        }
    }
}
