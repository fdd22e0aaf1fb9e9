package org.evonorm.export.triton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.evonorm.export.triton.Kernel.Loop;
import org.evonorm.export.triton.KernelOperations.Text;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * The body of a kernel, line by line. A value that is used once stands inside the expression that uses it; small values
 * are computed before the loop that needs them.
 */
final class KernelBody {

    /** Most characters of an expression without a name. */
    private static final int MAX_LENGTH = 60;

    private final Program program;
    private final Kernel kernel;
    private final String map;
    private final KernelOperations operations;
    private final Map<Integer, Text> texts = new HashMap<>();
    private final int[] uses;
    private final List<String> lines = new ArrayList<>();
    private String indent = "";
    private int names;

    /**
     * @param map the name of the map that the kernel stores, y or dx
     */
    KernelBody(Program program, Kernel kernel, String map, KernelOperations operations) {
        this.program = program;
        this.kernel = kernel;
        this.map = map;
        this.operations = operations;
        this.uses = new int[program.instructions().size()];
        prologue();
        kernel.loops().forEach(this::write);
        storeSmall();
    }

    List<String> lines() {
        return lines;
    }

    /** The name of a small value. */
    static String small(int index) {
        return "s" + index;
    }

    private boolean isInner(int index) {
        return kernel.over().isInner(program.at(index).extent())
                && !(kernel.over() != Kernel.Over.POSITIONS
                        && kernel.reductions().contains(index));
    }

    private void prologue() {
        switch (kernel.over()) {
            case POSITIONS -> {
                line("sample = tl.program_id(0)");
                line("channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)[:, None]");
                line("known = channel < C");
                line("small = sample * C + channel");
                line("row = sample.to(tl.int64) * sample_stride + channel * channel_stride");
            }
            case BATCH -> {
                line("channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)[None, :]");
                line("known = channel < C");
            }
            case GROUP, CHANNELS -> line("sample, group = tl.program_id(0), tl.program_id(1)");
        }
    }

    private void write(Loop loop) {
        List<Integer> roots = new ArrayList<>();
        loop.reductions().forEach(reduction -> roots.add(program.at(reduction).input(0)));
        loop.map().ifPresent(roots::add);
        BitSet needed = KernelPlan.inputs(program, roots);
        count(needed, roots);
        needed.stream().filter(index -> !isInner(index)).forEach(this::compute);
        loop.reductions().forEach(this::start);
        openLoop();
        needed.stream().filter(this::isInner).forEach(this::compute);
        loop.reductions().forEach(this::add);
        loop.map()
                .ifPresent(index ->
                        line("tl.store(" + map + "_ptr + place, " + text(index).text() + ", inside)"));
        closeLoop();
        loop.reductions().forEach(this::finish);
        needed.stream().filter(this::isInner).forEach(texts::remove);
    }

    /** Counts the uses of the values that a loop needs; what a loop uses again and again counts twice. */
    private void count(BitSet needed, Collection<Integer> roots) {
        Arrays.fill(uses, 0);
        needed.stream()
                .filter(index -> !Kernel.isReduction(program.at(index)))
                .forEach(index -> program.at(index)
                        .inputs()
                        .forEach(input -> uses[input] += isInner(index) && !isInner(input) ? 2 : 1));
        roots.forEach(root -> uses[root]++);
    }

    private void openLoop() {
        switch (kernel.over()) {
            case POSITIONS -> {
                line("for start in range(0, P, BLOCK_P):");
                indent = "    ";
                line("position = start + tl.arange(0, BLOCK_P)[None, :]");
                line("inside = known & (position < P)");
                line("place = row + position * position_stride");
            }
            case BATCH -> {
                line("for start in range(0, N, BLOCK_N):");
                indent = "    ";
                line("sample = start + tl.arange(0, BLOCK_N)[:, None]");
                line("inside = known & (sample < N)");
                line("small = sample * C + channel");
            }
            case GROUP, CHANNELS -> openChannels();
        }
    }

    private void openChannels() {
        line("for start in range(0, SIZE, BLOCK_C):");
        indent = "    ";
        line("of_group = start + tl.arange(0, BLOCK_C)");
        line("inside = of_group < SIZE");
        line("channel = group * SIZE + of_group");
        line("small = sample * C + channel");
    }

    private void closeLoop() {
        indent = "";
    }

    /** The shape of a reduction in the kernel. */
    private String shape() {
        return switch (kernel.over()) {
            case POSITIONS -> "(BLOCK_C, 1)";
            case BATCH -> "(1, BLOCK_C)";
            case GROUP, CHANNELS -> "(1,)";
        };
    }

    private void start(int reduction) {
        line(small(reduction) + " = tl.zeros(" + shape() + ", DTYPE)");
        if (isVariance(reduction) && meanBeside(reduction).isEmpty()) {
            line(meanName(reduction) + " = tl.zeros(" + shape() + ", DTYPE)");
        }
        texts.put(reduction, name(small(reduction)));
    }

    private void add(int reduction) {
        int operand = program.at(reduction).input(0);
        if (isVariance(reduction)) {
            operations.helpers().add("add_to_moments");
            String moments = meanName(reduction) + ", " + small(reduction);
            line(moments + " = add_to_moments(" + moments + ", " + text(operand).text()
                    + ", inside, start, P, BLOCK_P)");
        } else if (varianceBeside(reduction).isEmpty()) {
            line(small(reduction) + " += tl.sum(tl.where(inside, "
                    + text(operand).text() + ", 0.0), " + (kernel.over() == Kernel.Over.POSITIONS ? "1" : "0")
                    + ", keep_dims=True)");
        }
    }

    private void finish(int reduction) {
        boolean isDivided = isVariance(reduction) || varianceBeside(reduction).isEmpty();
        if (isDivided) {
            String count = switch (kernel.over()) {
                case POSITIONS -> "P";
                case BATCH -> "N";
                case GROUP, CHANNELS -> "SIZE";
            };
            line(small(reduction) + " = " + small(reduction) + " / " + count);
        }
        if (!kernel.over().isOfChannels() && kernel.stores().contains(reduction)) {
            boolean perSample = program.at(reduction).extent() == Extent.SAMPLE_CHANNEL;
            line("tl.store(" + small(reduction) + "_ptr + " + (perSample ? "small" : "channel") + ", "
                    + small(reduction) + ", known)");
        }
    }

    /** Stores values that are no reductions, and the means of groups at each of their channels. */
    private void storeSmall() {
        if (kernel.over().isOfChannels()) {
            openChannels();
            kernel.stores()
                    .forEach(index -> line("tl.store(" + small(index) + "_ptr + small, " + small(index) + ", inside)"));
            closeLoop();
            return;
        }
        List<Integer> others = kernel.stores().stream()
                .filter(index -> !Kernel.isReduction(program.at(index)))
                .toList();
        BitSet needed = KernelPlan.inputs(program, others);
        count(needed, others);
        needed.stream().forEach(this::compute);
        others.forEach(index -> line(
                "tl.store(" + small(index) + "_ptr + channel, " + text(index).text() + ", known)"));
    }

    private boolean isVariance(int reduction) {
        return program.at(reduction).operation() == Operation.VARIANCE_WH;
    }

    private Optional<Integer> beside(int reduction, Operation operation) {
        return kernel.loops().stream()
                .map(Loop::reductions)
                .filter(reductions -> reductions.contains(reduction))
                .flatMap(List::stream)
                .filter(other -> program.at(other).operation() == operation
                        && program.at(other)
                                .inputs()
                                .equals(program.at(reduction).inputs()))
                .findFirst();
    }

    private Optional<Integer> meanBeside(int variance) {
        return beside(variance, Operation.MEAN_WH);
    }

    private Optional<Integer> varianceBeside(int mean) {
        return program.at(mean).operation() == Operation.MEAN_WH
                ? beside(mean, Operation.VARIANCE_WH)
                : Optional.empty();
    }

    private String meanName(int variance) {
        return meanBeside(variance).map(KernelBody::small).orElse("mean_of_" + small(variance));
    }

    // ---- values

    private void compute(int index) {
        if (texts.containsKey(index)) {
            return;
        }
        Instruction instruction = program.at(index);
        if (instruction.operation() == Operation.CONSTANT) {
            texts.put(index, KernelOperations.literal(instruction));
        } else if (Kernel.isReduction(instruction)) {
            load(index, small(index));
        } else if (instruction.operation().kind() == Operation.Kind.LEAF) {
            load(index, instruction.operation().name().toLowerCase(Locale.ROOT));
        } else {
            Text text = operations.of(instruction, this::text, this::named, this::isPart);
            texts.put(index, text);
            if (uses[index] > 1 || text.text().length() > MAX_LENGTH) {
                named(index);
            }
        }
    }

    private void load(int index, String name) {
        Extent extent = program.at(index).extent();
        String place = extent == Extent.TENSOR ? "place" : extent == Extent.CHANNEL ? "channel" : "small";
        String mask = isInner(index) ? "inside" : "known";
        boolean isStoredSo = Kernel.isReduction(program.at(index));
        line(name + " = tl.load(" + name + "_ptr + " + place + ", " + mask + ", 0.0)"
                + (isStoredSo ? "" : ".to(DTYPE)"));
        texts.put(index, name(name));
    }

    private Text text(int index) {
        return texts.get(index);
    }

    /** The name of a value, which gets one if it has none. */
    private String named(int index) {
        Text text = texts.get(index);
        if (!text.isName()) {
            String name = program.at(index).extent() == Extent.TENSOR ? "t" + ++names : small(index);
            line(name + " = " + text.text());
            texts.put(index, name(name));
        }
        return texts.get(index).text();
    }

    /** Whether a value has no name and one use, so that its operation may join another. */
    private boolean isPart(int index) {
        return !texts.get(index).isName() && uses[index] == 1;
    }

    private static Text name(String name) {
        return new Text(name, Text.VALUE);
    }

    private void line(String text) {
        lines.add(indent + text);
    }
}
