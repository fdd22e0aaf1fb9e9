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
 * @param from     what the sums start from
 */
record DepthwiseCorrelationLoop(Correlation geometry, SumStart from) implements LoopSource {

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
                    new Sum(part.rows(), part.columns(), in, parts.start(from, start, at), ir.at(output, at)).write();
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
            private final List<List<Integer>> blocks =
                    Tiling.cacheLines(channels, geometry.inFloats() + geometry.floats());

            Sum(Axis rows, Axis columns, String in, String start, String out) {
                this.rows = rows;
                this.columns = columns;
                this.in = in;
                this.start = start;
                this.out = out;
            }

            void write() {
                int pixels = Tiling.pixels(columns.count(), blocks.get(0).size(), Math.max(1, columns.taps()));
                ir.loop(
                        "0",
                        Integer.toString(rows.count()),
                        1,
                        row -> parts.tiles(columns, pixels, List.of(), (index, q, count, none) -> {
                            parts.blocks(
                                    blocks, (channel, block) -> new Tile(row, index, q, count, channel, block).write());
                            return none;
                        }));
            }

            /** Some pixels of a block of channels; {@code index} and {@code q} as in {@link LoopParts.Tile}. */
            private final class Tile {

                private final String row;
                private final String index;
                private final int q;
                private final int count;
                private final String channel;
                private final List<Integer> block;

                Tile(String row, String index, int q, int count, String channel, List<Integer> block) {
                    this.row = row;
                    this.index = index;
                    this.q = q;
                    this.count = count;
                    this.channel = channel;
                    this.block = block;
                }

                void write() {
                    int pixelFloats = columns.stride() * channels;
                    String line = ir.times(
                            ir.plus(ir.times(row, rows.stride()), rows.start()), (long) geometry.width() * channels);
                    String first = ir.plus(
                            ir.plus(ir.plus(line, (long) columns.start() * channels), channel),
                            ir.times(index, pixelFloats));
                    List<String> places = parts.places(first, count, pixelFloats, block);
                    List<Vector> sums = parts.sums(from, start, places, channel, block);
                    List<Vector> results = sums;
                    if (rows.taps() > 0 && columns.taps() > 0) {
                        String source = ir.plus(ir.times(row, rows.step()), rows.first());
                        LoopParts.Range inside = parts.taps(rows, source);
                        results = ir.loop(
                                inside.from(), inside.to(), 1, sums, (tap, before) -> taps(source, tap, before));
                    }
                    for (int i = 0; i < places.size(); i++) {
                        ir.store(results.get(i), ir.at(out, places.get(i)));
                    }
                }

                /** One line of taps: every pixel that is read takes part in the sums of up to all taps. */
                private List<Vector> taps(String firstLine, String tap, List<Vector> sums) {
                    String column = ir.plus(
                            ir.times(ir.plus(ir.times(index, columns.step()), columns.first()), channels), channel);
                    String line = ir.times(ir.plus(firstLine, tap), (long) geometry.inWidth() * channels);
                    String source = ir.at(in, ir.plus(line, column));
                    String kernelLine = ir.plus(ir.times(tap, rows.weightStep()), rows.weightFirst());
                    String factors =
                            ir.at(weights, ir.plus(ir.times(kernelLine, (long) geometry.kernel() * channels), channel));
                    List<Vector> after = new ArrayList<>(sums);
                    int offset = 0;
                    for (int vector = 0; vector < block.size(); vector++) {
                        int lanes = block.get(vector);
                        List<Vector> weightsOfTaps = new ArrayList<>();
                        for (int t = 0; t < columns.taps(); t++) {
                            long kernelColumn = columns.weightFirst() + (long) t * columns.weightStep();
                            weightsOfTaps.add(ir.load(ir.at(factors, kernelColumn * channels + offset), lanes));
                        }
                        for (var reader : columns.readers(q, count).entrySet()) {
                            Vector value = ir.load(ir.at(source, (long) reader.getKey() * channels + offset), lanes);
                            for (Axis.Reader pixelAndTap : reader.getValue()) {
                                int sum = pixelAndTap.pixel() * block.size() + vector;
                                after.set(
                                        sum,
                                        ir.multiplyAdd(value, weightsOfTaps.get(pixelAndTap.tap()), after.get(sum)));
                            }
                        }
                        offset += lanes;
                    }
                    return after;
                }
            }
        }
    }
}
