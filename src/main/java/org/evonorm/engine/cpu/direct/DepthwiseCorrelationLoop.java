package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import org.evonorm.engine.llvm.LoopIr;
import org.evonorm.engine.llvm.LoopIr.Vector;
import org.evonorm.engine.llvm.LoopSource;

/**
 * The loop of a depthwise forward convolution or data gradient over samples. Lanes of a vector are neighbouring
 * channels. The sums of a few pixels of a line stay in registers over all taps; taps in the padding are left out.
 *
 * <p>Arguments as of {@link CorrelationLoop}; the weights are [kernel, kernel, C].
 *
 * @param geometry as many inputs as outputs
 * @param adds     whether the sums start from a tensor of the output's shape, not from 0
 */
record DepthwiseCorrelationLoop(Correlation geometry, boolean adds) implements LoopSource {

    @Override
    public String ir(String function) {
        return new Writer().write(function);
    }

    private final class Writer {

        private final LoopIr ir = new LoopIr();
        private final LoopParts parts = new LoopParts(ir);
        private final int channels = geometry.inputs();
        private String weights;

        String write(String function) {
            String input = ir.pointerArgument(0);
            weights = ir.pointerArgument(1);
            String start = ir.pointerArgument(2);
            String output = ir.pointerArgument(3);
            String samples = ir.integerArgument(4);
            ir.loop("0", samples, 1, sample -> {
                String in = ir.at(input, ir.times(sample, geometry.inFloats()));
                String at = ir.times(sample, geometry.floats());
                for (Correlation.Part part : geometry.parts()) {
                    new Sum(part.rows(), part.columns(), in, ir.at(start, at), ir.at(output, at)).write();
                }
            });
            return ir.module(function);
        }

        /** The sums of one part over one sample. */
        private final class Sum {

            private final Axis rows;
            private final Axis columns;
            private final String in;
            private final String start;
            private final String out;
            private final int pixels;

            Sum(Axis rows, Axis columns, String in, String start, String out) {
                this.rows = rows;
                this.columns = columns;
                this.in = in;
                this.start = start;
                this.out = out;
                this.pixels = Tiling.pixels(columns.count(), 1, Math.max(1, columns.taps()));
            }

            void write() {
                ir.loop("0", Integer.toString(rows.count()), 1, row -> {
                    parts.blocks(
                            Tiling.blocks(Tiling.vectors(channels), 1),
                            (channel, block) -> line(row, channel, block.get(0)));
                });
            }

            private void line(String row, String channel, int lanes) {
                parts.tiles(columns, pixels, List.of(), (index, q, count, none) -> {
                    tile(row, channel, lanes, index, q, count);
                    return none;
                });
            }

            /** A tile; {@code index} and {@code q} as in {@link LoopParts.Tile}. */
            private void tile(String row, String channel, int lanes, String index, int q, int count) {
                int pixelFloats = columns.stride() * channels;
                String line = ir.times(
                        ir.plus(ir.times(row, rows.stride()), rows.start()), (long) geometry.width() * channels);
                String first = ir.plus(
                        ir.plus(ir.plus(line, (long) columns.start() * channels), channel),
                        ir.times(index, pixelFloats));
                List<String> places = new ArrayList<>();
                List<Vector> sums = new ArrayList<>();
                for (int pixel = 0; pixel < count; pixel++) {
                    String place = ir.plus(first, (long) pixel * pixelFloats);
                    places.add(place);
                    sums.add(adds ? ir.load(ir.at(start, place), lanes) : ir.zero(lanes));
                }
                List<Vector> results = sums;
                if (rows.taps() > 0 && columns.taps() > 0) {
                    String column = ir.plus(
                            ir.times(ir.plus(ir.times(index, columns.step()), columns.first()), channels), channel);
                    String source = ir.plus(ir.times(row, rows.step()), rows.first());
                    LoopParts.Range inside = parts.taps(rows, source);
                    results = ir.loop(
                            inside.from(),
                            inside.to(),
                            1,
                            sums,
                            (tap, before) -> taps(source, tap, column, channel, lanes, q, count, before));
                }
                for (int i = 0; i < count; i++) {
                    ir.store(results.get(i), ir.at(out, places.get(i)));
                }
            }

            /** One line of taps: every pixel that is read takes part in the sums of up to all taps. */
            private List<Vector> taps(
                    String row,
                    String tap,
                    String column,
                    String channel,
                    int lanes,
                    int q,
                    int count,
                    List<Vector> sums) {
                String source =
                        ir.at(in, ir.plus(ir.times(ir.plus(row, tap), (long) geometry.inWidth() * channels), column));
                String kernelLine = ir.plus(ir.times(tap, rows.weightStep()), rows.weightFirst());
                String factors =
                        ir.at(weights, ir.plus(ir.times(kernelLine, (long) geometry.kernel() * channels), channel));
                List<Vector> after = new ArrayList<>(sums);
                List<Vector> weightsOfTaps = new ArrayList<>();
                for (int t = 0; t < columns.taps(); t++) {
                    long kernelColumn = columns.weightFirst() + (long) t * columns.weightStep();
                    weightsOfTaps.add(ir.load(ir.at(factors, kernelColumn * channels), lanes));
                }
                columns.readers(q, count).forEach((position, pixelsAndTaps) -> {
                    Vector value = ir.load(ir.at(source, (long) position * channels), lanes);
                    for (Axis.Reader reader : pixelsAndTaps) {
                        after.set(
                                reader.pixel(),
                                ir.multiplyAdd(value, weightsOfTaps.get(reader.tap()), after.get(reader.pixel())));
                    }
                });
                return after;
            }
        }
    }
}
