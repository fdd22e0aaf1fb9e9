package org.evonorm.engine.cpu.tile;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.VectorIr;
import org.evonorm.engine.pass.TilePass;

/**
 * The writer of a tile pass as one function in LLVM's intermediate representation. The function is a loop over vectors
 * of neighbouring channels, row by row. Intermediate values stay in the registers of the processor, tensors are read in
 * the order of memory, which is fastest, and small values and sums are rows in the first-level cache.
 *
 * <p>The function takes the address of its arguments, in the order of {@link PassArguments}. It has the same operations
 * in the same order as {@link KernelPass}, and gives the same bits.
 */
final class PassIr {

    private final TilePass pass;
    private final PassArguments arguments;
    private final boolean accumulate;
    private final VectorIr ir = new VectorIr(VectorFunctions.WIDTH);
    /** By register of the pass, the name of its present value. */
    private final Map<Integer, String> registers = new HashMap<>();

    /** Names of the addresses of a reduction's rows. */
    private record Sums(String sums, String squares, String shift) {}

    private PassIr(TilePass pass, boolean accumulate) {
        this.pass = pass;
        this.arguments = PassArguments.of(pass);
        this.accumulate = accumulate;
    }

    /**
     * Writes a module with one function.
     *
     * @param function   name of the function
     * @param accumulate whether the derivative with respect to the input is added to the contents of its tensor
     */
    static String of(TilePass pass, String function, boolean accumulate) {
        return new PassIr(pass, accumulate).write(function);
    }

    private String write(String function) {
        ir.line(ir.declarations());
        ir.line("define void @%s(ptr %%arguments) {", function);
        ir.line("entry:");
        ir.line("%%rows = load i64, ptr %s", ir.argument(PassArguments.ROWS));
        ir.line("%%row = load i64, ptr %s", ir.argument(PassArguments.ROW));
        List<String> loads = addresses(pass.loads().size(), arguments::load);
        List<String> reloads = addresses(pass.reloads().size(), arguments::reload);
        List<String> broadcasts = addresses(pass.broadcasts().size(), arguments::broadcast);
        List<String> stores = addresses(pass.stores().size(), arguments::store);
        List<Sums> sums = IntStream.range(0, pass.reductions().size())
                .mapToObj(i -> new Sums(
                        ir.pointer(arguments.sums(i)),
                        ir.pointer(arguments.squares(i)),
                        ir.pointer(arguments.shift(i))))
                .toList();
        clear(sums);
        beginLoops();
        for (int i = 0; i < loads.size(); i++) {
            load(loads.get(i), "%at", pass.loads().get(i).register());
        }
        for (int i = 0; i < reloads.size(); i++) {
            load(reloads.get(i), "%at", pass.reloads().get(i).register());
        }
        for (int i = 0; i < broadcasts.size(); i++) {
            load(broadcasts.get(i), "%column", pass.broadcasts().get(i).register());
        }
        for (TilePass.Step step : pass.steps()) {
            registers.put(step.out(), apply(step));
        }
        for (int i = 0; i < sums.size(); i++) {
            reduce(pass.reductions().get(i), sums.get(i));
        }
        for (int i = 0; i < stores.size(); i++) {
            store(pass.stores().get(i), ir.element(stores.get(i), "%at"));
        }
        endLoops();
        return ir.text();
    }

    /** Writes a step, and returns the name of its value. */
    private String apply(TilePass.Step step) {
        String a = registers.get(step.a());
        String b = registers.get(step.b());
        String c = registers.get(step.c());
        return switch (step.operation()) {
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
        };
    }

    /** Writes the loop that clears the rows of sums where the argument {@code CLEAR} is 1. */
    private void clear(List<Sums> sums) {
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
     * Begins the loops. {@code %column} is the index of the present vector in its row, {@code %at} that in all floats.
     */
    private void beginLoops() {
        ir.line("br label %%row.loop");
        ir.line("row.loop:");
        ir.line("%%number = phi i64 [0, %%begin], [%%number.next, %%row.end]");
        ir.line("%%start = mul i64 %%number, %%row");
        ir.line("br label %%column.loop");
        ir.line("column.loop:");
        ir.line("%%column = phi i64 [0, %%row.loop], [%%column.next, %%column.loop]");
        ir.line("%%at = add i64 %%start, %%column");
    }

    private void endLoops() {
        ir.line("%%column.next = add i64 %%column, %d", VectorFunctions.WIDTH);
        ir.line("%%columns.left = icmp slt i64 %%column.next, %%row");
        ir.line("br i1 %%columns.left, label %%column.loop, label %%row.end");
        ir.line("row.end:");
        ir.line("%%number.next = add i64 %%number, 1");
        ir.line("%%rows.left = icmp slt i64 %%number.next, %%rows");
        ir.line("br i1 %%rows.left, label %%row.loop, label %%done");
        ir.line("done:");
        ir.line("ret void");
        ir.line("}");
    }

    private void load(String address, String index, int register) {
        registers.put(register, ir.load(ir.element(address, index)));
    }

    private void reduce(TilePass.Reduction reduction, Sums addresses) {
        String a = registers.get(reduction.a());
        String sums = ir.element(addresses.sums(), "%column");
        String sum = ir.load(sums);
        if (reduction.variance().isPresent()) {
            String squares = ir.element(addresses.squares(), "%column");
            String distance = ir.sub(a, ir.load(ir.element(addresses.shift(), "%column")));
            ir.store(ir.add(sum, distance), sums);
            ir.store(ir.multiplyAdd(distance, distance, ir.load(squares)), squares);
        } else if (reduction.b().isPresent()) {
            ir.store(ir.multiplyAdd(a, registers.get(reduction.b().getAsInt()), sum), sums);
        } else {
            ir.store(ir.add(sum, a), sums);
        }
    }

    private void store(TilePass.Store store, String address) {
        String value = registers.get(store.register());
        if (accumulate && store.target() == TilePass.Target.INPUT_DERIVATIVE) {
            value = ir.add(ir.load(address), value);
        }
        ir.store(value, address);
    }

    private List<String> addresses(int count, IntUnaryOperator index) {
        return IntStream.range(0, count)
                .mapToObj(i -> ir.pointer(index.applyAsInt(i)))
                .toList();
    }
}
