package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the Java source of a {@link FusedLoop}. It consists of numbers and of names from this package, whatever the layer
 * is.
 */
final class FusedSource {

    /** The class that the source declares. */
    static final String CLASS = "org.evonorm.engine.cpu.Fused";

    private final LoopPlan loop;
    private final TilePass pass;
    private final List<String> lines = new ArrayList<>();
    /** The variable that holds a register's present value. */
    private final Map<Integer, String> variables = new HashMap<>();

    private FusedSource(LoopPlan loop) {
        this.loop = loop;
        this.pass = loop.pass();
    }

    /** The source of one compilation unit. */
    static String of(LoopPlan loop) {
        return new FusedSource(loop).write();
    }

    private String write() {
        line("package org.evonorm.engine.cpu;");
        line("import jdk.incubator.vector.FloatVector;");
        line("final class Fused implements FusedLoop {");
        line("public void run(float[] file, int[] at, Scratch.Accumulator[] sums, int rows, int row) {");
        places();
        line("for (int column = 0; column < row; column += %d) {", Lanes.WIDTH);
        loop.broadcasts().forEach(register ->
                define(register, "b" + register, "Lanes.load(file, at" + register + " + column)"));
        loop.reductions().forEach(this::loadSums);
        line("int end = column + rows * row;");
        line("for (int i = column; i < end; i += row) {");
        loop.reads().forEach(register -> define(register, "x" + register, "Lanes.load(file, at" + register + " + i)"));
        for (int i = 0; i < loop.steps().size(); i++) {
            step(i, loop.steps().get(i));
        }
        loop.reductions().forEach(this::reduce);
        loop.writes().forEach(register ->
                line("Lanes.store(%s, file, at%d + i);", variables.get(register), register));
        loop.stores().forEach(store -> line("Lanes.store(%s, file, to%d + i);",
                variables.get(pass.stores().get(store).register()), store));
        line("}");
        loop.reductions().forEach(this::storeSums);
        line("}");
        line("}");
        line("}");
        return String.join("\n", lines);
    }

    private void places() {
        Stream.of(loop.reads(), loop.broadcasts(), loop.writes()).flatMap(List::stream).distinct()
                .forEach(register -> line("int at%1$d = at[%1$d];", register));
        loop.stores().forEach(store -> line("int to%d = at[%d];", store, pass.registers() + store));
        for (int i : loop.reductions()) {
            line("float[] sums%1$d = sums[%1$d].sums();", i);
            if (hasVariance(i)) {
                line("float[] squares%1$d = sums[%1$d].squares();", i);
                line("float[] shifts%1$d = sums[%1$d].shift();", i);
            }
        }
    }

    private void loadSums(int i) {
        line("FloatVector sum%1$d = Lanes.load(sums%1$d, column);", i);
        if (hasVariance(i)) {
            line("FloatVector square%1$d = Lanes.load(squares%1$d, column);", i);
            line("FloatVector shift%1$d = Lanes.load(shifts%1$d, column);", i);
        }
    }

    private void step(int i, TilePass.Step step) {
        String operands = step.operands().stream().map(variables::get).collect(Collectors.joining(", "));
        define(step.out(), "v" + i, "Lanes." + step.kernel().function() + "(" + operands + ")");
    }

    private void reduce(int i) {
        TilePass.Reduction reduction = pass.reductions().get(i);
        String a = variables.get(reduction.a());
        if (hasVariance(i)) {
            line("FloatVector distance%1$d = Lanes.sub(%2$s, shift%1$d);", i, a);
            line("sum%1$d = Lanes.add(sum%1$d, distance%1$d);", i);
            line("square%1$d = Lanes.multiplyAdd(distance%1$d, distance%1$d, square%1$d);", i);
        } else if (reduction.b().isPresent()) {
            line("sum%1$d = Lanes.multiplyAdd(%2$s, %3$s, sum%1$d);", i, a, variables.get(reduction.b().getAsInt()));
        } else {
            line("sum%1$d = Lanes.add(sum%1$d, %2$s);", i, a);
        }
    }

    private void storeSums(int i) {
        line("Lanes.store(sum%1$d, sums%1$d, column);", i);
        if (hasVariance(i)) {
            line("Lanes.store(square%1$d, squares%1$d, column);", i);
        }
    }

    private boolean hasVariance(int reduction) {
        return pass.reductions().get(reduction).variance().isPresent();
    }

    private void define(int register, String variable, String value) {
        line("FloatVector %s = %s;", variable, value);
        variables.put(register, variable);
    }

    private void line(String format, Object... values) {
        lines.add(values.length == 0 ? format : String.format(format, values));
    }
}
