package org.evonorm.engine.cpu.tile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.LaneIr;
import org.evonorm.engine.llvm.VectorIr;
import org.evonorm.engine.pass.PixelPhases;
import org.evonorm.engine.pass.TileOperation;
import org.evonorm.engine.pass.TilePass;

/**
 * The writer of a tile pass with pixel means as one function in LLVM's intermediate representation: a loop over pixels,
 * and in it one loop over the channels for each of {@link PixelPhases}. A row is one pixel. Where channels are no whole
 * number of vectors, the last vector of a pixel is masked, so that the function runs on tensors in place.
 *
 * <p>The function has the arguments of {@link PassIr}, the same operations in the same order as {@link KernelPass}, and
 * gives the same bits.
 */
final class PixelPassIr {

    private final TilePass pass;
    private final PassArguments arguments;
    private final boolean accumulate;
    private final boolean masked;
    private final VectorIr ir = new VectorIr(VectorFunctions.WIDTH);
    private final LaneIr lanes = new LaneIr(ir, VectorFunctions.WIDTH);
    private final PassParts parts;
    private final PixelPhases phases;

    private List<String> loads = List.of();
    private List<String> reloads = List.of();
    private List<String> broadcasts = List.of();
    private List<String> stores = List.of();
    private List<String> rows = List.of();
    private List<PassParts.Sums> sums = List.of();
    private String share = "";
    /** By value that is the same at all channels of a pixel, its name. */
    private final Map<Integer, String> ofPixel = new HashMap<>();

    private PixelPassIr(TilePass pass, boolean accumulate, boolean masked) {
        this.pass = pass;
        this.phases = PixelPhases.of(pass);
        this.arguments = PassArguments.of(pass);
        this.accumulate = accumulate;
        this.masked = masked;
        this.parts = new PassParts(pass, arguments, ir);
    }

    /**
     * Writes a module with one function.
     *
     * @param function   name of the function
     * @param accumulate whether the derivative with respect to the input is added to the contents of its tensor
     * @param masked     whether channels are no whole number of vectors
     */
    static String of(TilePass pass, String function, boolean accumulate, boolean masked) {
        return new PixelPassIr(pass, accumulate, masked).write(function);
    }

    private String write(String function) {
        ir.line(ir.declarations() + lanes.declarations());
        ir.line("define void @%s(ptr %%arguments) {", function);
        ir.line("entry:");
        ir.line("%%rows = load i64, ptr %s", ir.argument(PassArguments.ROWS));
        ir.line("%%row = load i64, ptr %s", ir.argument(PassArguments.ROW));
        loads = parts.addresses(pass.loads().size(), arguments::load);
        reloads = parts.addresses(pass.reloads().size(), arguments::reload);
        broadcasts = parts.addresses(pass.broadcasts().size(), arguments::broadcast);
        stores = parts.addresses(pass.stores().size(), arguments::store);
        rows = parts.addresses(phases.rows(), arguments::kept);
        sums = parts.sums();
        parts.clear(sums);
        share = lanes.shareOf("%row");
        valuesOfPixel(0);
        ir.line("br label %%pixel");
        ir.line("pixel:");
        ir.line(
                "%%number = phi i64 [0, %%begin], [%%number.next, %%%s]",
                end(phases.loops().size() - 1));
        ir.line("%%start = mul i64 %%number, %%row");
        for (int phase = 0; phase < phases.loops().size(); phase++) {
            loop(phase);
        }
        ir.line("%%number.next = add i64 %%number, 1");
        ir.line("%%more = icmp slt i64 %%number.next, %%rows");
        ir.line("br i1 %%more, label %%pixel, label %%done");
        ir.line("done:");
        ir.line("ret void");
        ir.line("}");
        return ir.text();
    }

    private static String end(int phase) {
        return "phase" + phase + ".end";
    }

    /** Writes the loop of a phase and, after it, the values per pixel that it leads to. */
    private void loop(int phase) {
        PixelPhases.Loop loop = phases.loops().get(phase);
        String before = phase == 0 ? "pixel" : end(phase - 1);
        String name = "phase" + phase;
        ir.line("br label %%%s", name);
        ir.line("%s:", name);
        ir.line("%%%1$s.column = phi i64 [0, %%%2$s], [%%%1$s.column.next, %%%1$s]", name, before);
        List<String> totals = new ArrayList<>();
        for (int i = 0; i < loop.means().size(); i++) {
            totals.add("%" + name + ".sum" + i);
            ir.line(
                    "%1$s = phi %2$s [zeroinitializer, %%%3$s], [%1$s.next, %%%4$s]",
                    totals.get(i), ir.vectorType(), before, name);
        }
        new Body(loop, "%" + name + ".column")
                .write(totals, phase == phases.loops().size() - 1);
        ir.line("%%%1$s.column.next = add i64 %%%1$s.column, %2$d", name, VectorFunctions.WIDTH);
        ir.line("%%%1$s.more = icmp slt i64 %%%1$s.column.next, %%row", name);
        ir.line("br i1 %%%1$s.more, label %%%1$s, label %%%2$s", name, end(phase));
        ir.line("%s:", end(phase));
        for (int i = 0; i < totals.size(); i++) {
            ofPixel.put(loop.means().get(i), ir.mul(lanes.sum(totals.get(i) + ".next"), share));
        }
        valuesOfPixel(phase + 1);
    }

    /** Writes the values per pixel that are known in a phase and are no means. */
    private void valuesOfPixel(int phase) {
        for (int id = 0; id < phases.values().size(); id++) {
            PixelPhases.Value value = phases.values().get(id);
            if (!value.perPixel() || value.phase() != phase || ofPixel.containsKey(id)) {
                continue;
            }
            ofPixel.put(
                    id,
                    value.origin() == PixelPhases.Origin.BROADCAST
                            ? lanes.loadRepeated(broadcasts.get(value.number()))
                            : step(value, ofPixel));
        }
    }

    private String step(PixelPhases.Value value, Map<Integer, String> names) {
        List<String> operands = value.operands().stream().map(names::get).toList();
        String first = operands.get(0);
        return parts.step(
                operation(value),
                first,
                operands.size() > 1 ? operands.get(1) : first,
                operands.size() > 2 ? operands.get(2) : first);
    }

    private TileOperation operation(PixelPhases.Value step) {
        return pass.steps().get(step.number()).operation();
    }

    /** The body of the loop of a phase: one vector of neighbouring channels. */
    private final class Body {
        private final PixelPhases.Loop loop;
        private final String column;
        /** Index of the vector in a tensor. */
        private final String at;
        /** The mask of the lanes that are channels. */
        private final String mask;
        /** By value, its name. */
        private final Map<Integer, String> names = new HashMap<>(ofPixel);

        Body(PixelPhases.Loop loop, String column) {
            this.loop = loop;
            this.column = column;
            this.at = ir.value("add i64 %%start, %s", column);
            this.mask = masked ? lanes.first(ir.value("sub i64 %%row, %s", column)) : "";
        }

        void write(List<String> totals, boolean last) {
            loop.reloaded().forEach((value, row) -> names.put(value, ir.load(ir.element(rows.get(row), column))));
            loop.computed()
                    .forEach(value -> names.put(value, computed(phases.values().get(value))));
            loop.kept().forEach((value, row) -> ir.store(names.get(value), ir.element(rows.get(row), column)));
            for (int i = 0; i < totals.size(); i++) {
                ir.name(
                        totals.get(i) + ".next",
                        total(totals.get(i), phases.values().get(loop.means().get(i))));
            }
            for (int reduction : loop.reductions()) {
                List<Integer> reduced = phases.reductions().get(reduction);
                parts.add(
                        names.get(reduced.get(0)),
                        reduced.stream().skip(1).map(names::get).findFirst(),
                        pass.reductions().get(reduction).variance().isPresent(),
                        sums.get(reduction),
                        column);
            }
            for (int i = 0; last && i < stores.size(); i++) {
                store(pass.stores().get(i), names.get(phases.stores().get(i)), ir.element(stores.get(i), at));
            }
        }

        private String computed(PixelPhases.Value value) {
            return switch (value.origin()) {
                case LOAD -> load(ir.element(loads.get(value.number()), at));
                case RELOAD -> load(ir.element(reloads.get(value.number()), at));
                case BROADCAST -> ir.load(ir.element(broadcasts.get(value.number()), column));
                case STEP -> step(value, names);
            };
        }

        /** Adds a vector, or a product of two, to the sum of a mean. */
        private String total(String total, PixelPhases.Value mean) {
            String a = onlyChannels(names.get(mean.operands().get(0)));
            return operation(mean) == TileOperation.PIXEL_MEAN
                    ? ir.add(total, a)
                    : ir.multiplyAdd(a, onlyChannels(names.get(mean.operands().get(1))), total);
        }

        private void store(TilePass.Store store, String value, String address) {
            String stored = accumulate && store.target() == TilePass.Target.INPUT_DERIVATIVE
                    ? ir.add(load(address), value)
                    : value;
            if (masked) {
                lanes.store(stored, address, mask);
            } else {
                ir.store(stored, address);
            }
        }

        private String load(String address) {
            return masked ? lanes.load(address, mask) : ir.load(address);
        }

        private String onlyChannels(String vector) {
            return masked ? lanes.only(vector, mask) : vector;
        }
    }
}
