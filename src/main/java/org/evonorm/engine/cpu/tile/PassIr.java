package org.evonorm.engine.cpu.tile;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.VectorIr;
import org.evonorm.engine.pass.TilePass;

/**
 * The writer of a tile pass as one function in LLVM's intermediate representation. The function is a loop over vectors
 * of neighbouring channels, row by row. Intermediate values stay in the registers of the processor, tensors are read in
 * the order of memory, which is fastest, and small values and sums are rows in the first-level cache.
 *
 * <p>The function takes the address of its arguments, in the order of {@link PassArguments}. It has the same operations
 * in the same order as {@link KernelPass}, and gives the same bits. {@link PixelPassIr} writes passes with pixel means.
 */
final class PassIr {

    private final TilePass pass;
    private final PassArguments arguments;
    private final boolean accumulate;
    private final VectorIr ir = new VectorIr(VectorFunctions.WIDTH);
    private final PassParts parts;
    /** By register of the pass, the name of its present value. */
    private final Map<Integer, String> registers = new HashMap<>();

    private PassIr(TilePass pass, boolean accumulate) {
        this.pass = pass;
        this.arguments = PassArguments.of(pass);
        this.accumulate = accumulate;
        this.parts = new PassParts(pass, arguments, ir);
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
        List<String> loads = parts.addresses(pass.loads().size(), arguments::load);
        List<String> reloads = parts.addresses(pass.reloads().size(), arguments::reload);
        List<String> broadcasts = parts.addresses(pass.broadcasts().size(), arguments::broadcast);
        List<String> stores = parts.addresses(pass.stores().size(), arguments::store);
        List<PassParts.Sums> sums = parts.sums();
        parts.clear(sums);
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
            registers.put(
                    step.out(),
                    parts.step(
                            step.operation(),
                            registers.get(step.a()),
                            registers.get(step.b()),
                            registers.get(step.c())));
        }
        for (int i = 0; i < sums.size(); i++) {
            TilePass.Reduction reduction = pass.reductions().get(i);
            parts.add(
                    registers.get(reduction.a()),
                    reduction.b().stream().mapToObj(registers::get).findFirst(),
                    reduction.variance().isPresent(),
                    sums.get(i),
                    "%column");
        }
        for (int i = 0; i < stores.size(); i++) {
            store(pass.stores().get(i), ir.element(stores.get(i), "%at"));
        }
        endLoops();
        return ir.text();
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

    private void store(TilePass.Store store, String address) {
        String value = registers.get(store.register());
        if (accumulate && store.target() == TilePass.Target.INPUT_DERIVATIVE) {
            value = ir.add(ir.load(address), value);
        }
        ir.store(value, address);
    }
}
