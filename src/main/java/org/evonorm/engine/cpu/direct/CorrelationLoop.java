package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import org.evonorm.engine.llvm.LoopIr;
import org.evonorm.engine.llvm.LoopIr.Vector;
import org.evonorm.engine.llvm.LoopSource;

/**
 * The loop of a dense forward convolution or data gradient over samples. Lanes of a vector are neighbouring output
 * channels. The sums of a tile, a few pixels of a line times a few vectors, stay in registers over all taps and input
 * channels; taps in the padding are left out.
 *
 * <p>Arguments are the addresses of the input, of the weights in their {@link WeightFormat}, of what the sums start
 * from and of the output, and the number of samples.
 *
 * @param from what the sums start from
 */
record CorrelationLoop(Correlation geometry, SumStart from) implements LoopSource {

    @Override
    public String ir(String function) {
        return new Writer().write(function);
    }

    private final class Writer {

        private final LoopIr ir = new LoopIr();
        private final LoopParts parts = new LoopParts(ir);

        String write(String function) {
            String input = ir.pointerArgument(0);
            String weights = ir.pointerArgument(1);
            String start = ir.pointerArgument(2);
            String output = ir.pointerArgument(3);
            String samples = ir.integerArgument(4);
            ir.loop("0", samples, 1, sample -> {
                String in = ir.at(input, ir.times(sample, geometry.inFloats()));
                String at = ir.times(sample, geometry.floats());
                for (Correlation.Part part : geometry.parts()) {
                    new Block(part, in, weights, parts.start(from, start, at), ir.at(output, at)).writeAll();
                }
            });
            return ir.module(function);
        }

        /** The sums of one part over one sample. */
        private final class Block {

            private final Axis rows;
            private final Axis columns;
            private final String in;
            private final String weights;
            private final String start;
            private final String out;

            Block(Correlation.Part part, String in, String weights, String start, String out) {
                this.rows = part.rows();
                this.columns = part.columns();
                this.in = in;
                this.weights = weights;
                this.start = start;
                this.out = out;
            }

            void writeAll() {
                parts.blocks(geometry.blocks(), this::rows);
            }

            /** The channels of a block, at all pixels. */
            private void rows(String channel, List<Integer> block) {
                ir.loop("0", Integer.toString(rows.count()), 1, row -> {
                    String line = ir.times(
                            ir.plus(ir.times(row, rows.stride()), rows.start()),
                            (long) geometry.width() * geometry.outputs());
                    String at = ir.plus(ir.plus(line, channel), (long) columns.start() * geometry.outputs());
                    new Line(block, row, channel, at).tiles();
                });
            }

            /** The address of a channel's weights for the first input: packed ones lie after those of all blocks before. */
            private String weights(String channel) {
                long rowsBefore = (long) geometry.kernel() * geometry.kernel() * geometry.inputs() - 1;
                String before = ir.times(ir.over(channel, geometry.weightRow()), rowsBefore * geometry.weightRow());
                return ir.at(weights, ir.plus(before, channel));
            }

            /** One line of output pixels; {@code at} is the place of its first vector. */
            private final class Line {

                private final List<Integer> block;
                private final String row;
                private final String channel;
                private final String blockWeights;
                private final String at;
                private final int pixels;

                Line(List<Integer> block, String row, String channel, String at) {
                    this.block = block;
                    this.row = row;
                    this.channel = channel;
                    this.blockWeights = weights(channel);
                    this.at = at;
                    this.pixels = Tiling.pixels(columns.count(), block.size(), Math.max(1, columns.taps()));
                }

                void tiles() {
                    parts.tiles(columns, pixels, List.of(), this::tile);
                }

                /** A tile, which carries no sums on. */
                private List<Vector> tile(String index, int q, int count, List<Vector> none) {
                    int pixelFloats = columns.stride() * geometry.outputs();
                    String first = ir.plus(at, ir.times(index, pixelFloats));
                    List<String> places = parts.places(first, count, pixelFloats, block);
                    List<Vector> sums = parts.sums(from, start, places, channel, block);
                    List<Vector> results = rows.taps() == 0 || columns.taps() == 0 ? sums : taps(index, q, count, sums);
                    for (int i = 0; i < places.size(); i++) {
                        ir.store(results.get(i), ir.at(out, places.get(i)));
                    }
                    return none;
                }

                private List<Vector> taps(String index, int q, int count, List<Vector> sums) {
                    String column =
                            ir.times(ir.plus(ir.times(index, columns.step()), columns.first()), geometry.inputs());
                    String line = ir.plus(ir.times(row, rows.step()), rows.first());
                    if (rows.isInside() && rows.taps() == 1) {
                        return channels("0", line, column, q, count, sums);
                    }
                    LoopParts.Range inside = parts.taps(rows, line);
                    return ir.loop(
                            inside.from(),
                            inside.to(),
                            1,
                            sums,
                            (tap, before) -> channels(tap, ir.plus(line, tap), column, q, count, before));
                }

                /** The sums over one line of taps and all input channels. */
                private List<Vector> channels(
                        String tap, String line, String column, int q, int count, List<Vector> sums) {
                    String source =
                            ir.at(ir.at(in, ir.times(line, (long) geometry.inWidth() * geometry.inputs())), column);
                    int tapFloats = geometry.inputs() * geometry.weightRow();
                    String kernelLine = ir.plus(ir.times(tap, rows.weightStep()), rows.weightFirst());
                    String factors = ir.at(
                            ir.at(blockWeights, ir.times(kernelLine, (long) geometry.kernel() * tapFloats)),
                            (long) columns.weightFirst() * tapFloats);
                    int inputs = geometry.inputs();
                    int unrolled = Tiling.unrolled(inputs, count * block.size() * columns.taps());
                    if (unrolled == inputs) {
                        return turns(source, factors, inputs, q, count, sums);
                    }
                    return ir.loop(
                            "0",
                            Integer.toString(inputs),
                            unrolled,
                            sums,
                            (i, before) -> turns(
                                    ir.at(source, i),
                                    ir.at(factors, ir.times(i, geometry.weightRow())),
                                    unrolled,
                                    q,
                                    count,
                                    before));
                }

                private List<Vector> turns(
                        String source, String factors, int turns, int q, int count, List<Vector> sums) {
                    List<Vector> after = sums;
                    for (int turn = 0; turn < turns; turn++) {
                        after = turn(
                                ir.at(source, turn),
                                ir.at(factors, (long) turn * geometry.weightRow()),
                                q,
                                count,
                                after);
                    }
                    return after;
                }

                /** One input channel: every pixel that is read takes part in the sums of up to all taps. */
                private List<Vector> turn(String source, String factors, int q, int count, List<Vector> sums) {
                    List<Vector> after = new ArrayList<>(sums);
                    List<List<Vector>> weightsOfTaps = new ArrayList<>();
                    for (int tap = 0; tap < columns.taps(); tap++) {
                        weightsOfTaps.add(weightsOf(factors, tap));
                    }
                    columns.readers(q, count).forEach((position, pixelsAndTaps) -> {
                        String scalar = ir.scalar(ir.at(source, (long) position * geometry.inputs()));
                        for (int vector = 0; vector < block.size(); vector++) {
                            Vector value = ir.repeated(scalar, block.get(vector));
                            for (Axis.Reader reader : pixelsAndTaps) {
                                int sum = reader.pixel() * block.size() + vector;
                                after.set(
                                        sum,
                                        ir.multiplyAdd(
                                                value,
                                                weightsOfTaps.get(reader.tap()).get(vector),
                                                after.get(sum)));
                            }
                        }
                    });
                    return after;
                }

                private List<Vector> weightsOf(String factors, int tap) {
                    List<Vector> loaded = new ArrayList<>();
                    int offset = 0;
                    for (int lanes : block) {
                        long tapFloats = (long) geometry.inputs() * geometry.weightRow();
                        loaded.add(
                                ir.load(ir.at(factors, (long) tap * columns.weightStep() * tapFloats + offset), lanes));
                        offset += lanes;
                    }
                    return loaded;
                }
            }
        }
    }
}
