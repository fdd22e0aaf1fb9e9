package org.evonorm.engine.cpu.tile;

import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.VectorIr;
import org.evonorm.engine.pass.TileOperation;
import org.evonorm.engine.pass.TilePass;

/**
 * The parts that passes with and without pixel means have in common, as LLVM IR: steps on single vectors, and sums over
 * pixels.
 */
record PassParts(TilePass pass, PassArguments arguments, VectorIr ir) {

    /** Names of the addresses of a reduction's rows. */
    record Sums(String sums, String squares, String shift) {}

    /** Loads the addresses of the rows of all reductions. */
    List<Sums> sums() {
        return IntStream.range(0, pass.reductions().size())
                .mapToObj(i -> new Sums(
                        ir.pointer(arguments.sums(i)),
                        ir.pointer(arguments.squares(i)),
                        ir.pointer(arguments.shift(i))))
                .toList();
    }

    /** Loads {@code count} addresses; {@code index} gives the number of the argument. */
    List<String> addresses(int count, IntUnaryOperator index) {
        return IntStream.range(0, count)
                .mapToObj(i -> ir.pointer(index.applyAsInt(i)))
                .toList();
    }

    /** Writes a step that is no pixel mean, and returns the name of its value. */
    String step(TileOperation operation, String a, String b, String c) {
        return switch (operation) {
            case ADD -> ir.add(a, b);
            case SUB -> ir.sub(a, b);
            case MUL -> ir.mul(a, b);
            case MAX -> ir.max(a, b);
            case NEG -> ir.neg(a);
            case SQUARE -> ir.mul(a, a);
            case ABS -> ir.abs(a);
            case EXP -> ir.exp(a);
            case TANH -> ir.tanh(a);
            case SIGMOID -> ir.sigmoid(a);
            case ERF -> ir.erf(a);
            case LOG -> ir.signedLog(a);
            case SQRT -> ir.signedSqrt(a);
            case RECIPROCAL -> ir.reciprocal(a);
            case ROOT -> ir.root(a);
            case INVERSE -> ir.inverse(a);
            case SIGN -> ir.sign(a);
            case LOG_SLOPE -> ir.logSlope(a);
            case SQRT_SLOPE -> ir.sqrtSlope(a);
            case GATE -> ir.gate(a, b, c);
            case GATE_LESS -> ir.gateLess(a, b, c);
            case MULTIPLY_ADD -> ir.multiplyAdd(a, b, c);
            case MULTIPLY_SUBTRACT -> ir.multiplyAdd(a, b, ir.neg(c));
            case SUBTRACT_PRODUCT -> ir.multiplyAdd(ir.neg(a), b, c);
            case PIXEL_MEAN, PIXEL_MEAN_OF_PRODUCT ->
                throw new IllegalArgumentException(operation + " is no function of single vectors");
        };
    }

    /** Writes the loop that clears the rows of sums where the argument {@code CLEAR} is 1. */
    void clear(List<Sums> sums) {
        if (sums.isEmpty()) {
            ir.line("br label %%begin");
            ir.line("begin:");
            return;
        }
        ir.line("%%clear = load i64, ptr %s", ir.argument(PassArguments.CLEAR));
        ir.line("%%clears = icmp ne i64 %%clear, 0");
        ir.line("br i1 %%clears, label %%clear.loop, label %%begin");
        ir.line("clear.loop:");
        ir.line("%%cleared = phi i64 [0, %%entry], [%%cleared.next, %%clear.loop]");
        for (int i = 0; i < sums.size(); i++) {
            ir.store("zeroinitializer", ir.element(sums.get(i).sums(), "%cleared"));
            if (pass.reductions().get(i).variance().isPresent()) {
                ir.store("zeroinitializer", ir.element(sums.get(i).squares(), "%cleared"));
            }
        }
        ir.line("%%cleared.next = add i64 %%cleared, %d", VectorFunctions.WIDTH);
        ir.line("%%clear.more = icmp slt i64 %%cleared.next, %%row");
        ir.line("br i1 %%clear.more, label %%clear.loop, label %%begin");
        ir.line("begin:");
    }

    /**
     * Adds a vector, or a product of two, to the sums of a reduction.
     *
     * @param variance whether the squares are summed too
     * @param column   index of the vector in the rows
     */
    void add(String a, Optional<String> b, boolean variance, Sums addresses, String column) {
        String sums = ir.element(addresses.sums(), column);
        String sum = ir.load(sums);
        if (variance) {
            String squares = ir.element(addresses.squares(), column);
            String distance = ir.sub(a, ir.load(ir.element(addresses.shift(), column)));
            ir.store(ir.add(sum, distance), sums);
            ir.store(ir.multiplyAdd(distance, distance, ir.load(squares)), squares);
        } else if (b.isPresent()) {
            ir.store(ir.multiplyAdd(a, b.get(), sum), sums);
        } else {
            ir.store(ir.add(sum, a), sums);
        }
    }
}
