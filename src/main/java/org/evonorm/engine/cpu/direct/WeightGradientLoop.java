package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.evonorm.engine.llvm.LoopIr;
import org.evonorm.engine.llvm.LoopIr.Vector;
import org.evonorm.engine.llvm.LoopSource;

/**
 * The loop of a dense convolution's weight gradient over samples: every pixel adds an outer product of the channels
 * that a tap reads and the derivatives of the output channels. Vectors run along one of the two, the columns; the
 * floats of the other, the rows, are repeated. The sums of a tile of rows and columns stay in registers over all
 * pixels.
 *
 * <p>The function adds to the gradient. Arguments are the addresses of the input, of the derivative of the output and
 * of the gradient [kernel, kernel, rows, columns], and the number of samples.
 *
 * @param inputs        I, channels of the input
 * @param outputs       O, channels of the output
 * @param inWidth       width of the input
 * @param inFloats      floats of a sample of the input
 * @param width         width of the output
 * @param floats        floats of a sample of the output
 * @param vertical      vertical axis of the forward convolution
 * @param horizontal    horizontal axis of the forward convolution
 * @param alongOutputs  whether vectors run along the output channels, otherwise along the input channels
 * @param chunk         samples that are treated before the next tile, few enough for the cache
 */
record WeightGradientLoop(
        int inputs,
        int outputs,
        int inWidth,
        int inFloats,
        int width,
        int floats,
        Axis vertical,
        Axis horizontal,
        boolean alongOutputs,
        int chunk)
        implements LoopSource {

    @Override
    public String ir(String function) {
        return new Writer().write(function);
    }

    private int rows() {
        return alongOutputs ? inputs : outputs;
    }

    private int columns() {
        return alongOutputs ? outputs : inputs;
    }

    /**
     * Taps of a kernel line that a tile has, since a single tap of a few channels has too few sums to hide latencies.
     */
    private int joinedTaps() {
        boolean few = alongOutputs && inputs * horizontal.taps() <= Tiling.MAX_ROWS;
        return few ? Math.max(1, Math.min(horizontal.taps(), Tiling.ROWS_OF_ONE_VECTOR / inputs)) : 1;
    }

    /** A line of the tile: the tap and the channel that are repeated. */
    private record Line(int tap, int row) {}

    private final class Writer {

        private final LoopIr ir = new LoopIr();
        private final LoopParts parts = new LoopParts(ir);
        private String input;
        private String derivative;
        private String gradient;
        private String firstSample;
        private String endSample;

        String write(String function) {
            input = ir.pointerArgument(0);
            derivative = ir.pointerArgument(1);
            gradient = ir.pointerArgument(2);
            String count = ir.integerArgument(3);
            ir.loop("0", count, chunk, first -> {
                firstSample = first;
                endSample = ir.smallest(ir.plus(first, chunk), count);
                ir.loop("0", Integer.toString(vertical.taps()), 1, this::kernelLine);
            });
            return ir.module(function);
        }

        private void kernelLine(String tapLine) {
            List<List<Integer>> blocks = joinedTaps() > 1
                    ? Tiling.blocks(Tiling.vectors(columns()), 1)
                    : Tiling.columnBlocks(columns(), rows());
            parts.blocks(blocks, (column, block) -> block(tapLine, column, block));
        }

        private void block(String tapLine, String column, List<Integer> block) {
            if (joinedTaps() > 1) {
                for (int tap = 0; tap < horizontal.taps(); tap += joinedTaps()) {
                    int end = Math.min(tap + joinedTaps(), horizontal.taps());
                    List<Line> lines = IntStream.range(tap, end)
                            .boxed()
                            .flatMap(joined -> lines(joined, rows()).stream())
                            .toList();
                    new Tile(tapLine, "0", column, block, lines).write();
                }
                return;
            }
            int size = Tiling.rows(rows(), block.size());
            int whole = rows() / size * size;
            for (int tap = 0; tap < horizontal.taps(); tap++) {
                int own = tap;
                ir.loop(
                        "0",
                        Integer.toString(whole),
                        size,
                        row -> new Tile(tapLine, row, column, block, lines(own, size)).write());
                if (whole < rows()) {
                    new Tile(tapLine, Integer.toString(whole), column, block, lines(own, rows() - whole)).write();
                }
            }
        }

        private List<Line> lines(int tap, int count) {
            return IntStream.range(0, count).mapToObj(row -> new Line(tap, row)).toList();
        }

        /** The sums of some rows and one block of columns, over all pixels. */
        private final class Tile {

            private final String tapLine;
            private final String row;
            private final String column;
            private final List<Integer> block;
            private final List<Line> lines;

            /**
             * A tile.
             *
             * @param row   first row, to which the lines add theirs
             * @param lines in the order of their sums
             */
            Tile(String tapLine, String row, String column, List<Integer> block, List<Line> lines) {
                this.tapLine = tapLine;
                this.row = row;
                this.column = column;
                this.block = block;
                this.lines = lines;
            }

            void write() {
                String first = ir.plus(
                        ir.plus(ir.times(tapLine, (long) horizontal.taps() * inputs * outputs), column),
                        ir.times(row, columns()));
                List<String> places = new ArrayList<>();
                List<Vector> sums = new ArrayList<>();
                for (Line line : lines) {
                    long offset = ((long) line.tap() * rows() + line.row()) * columns();
                    for (int lanes : block) {
                        String place = ir.at(gradient, ir.plus(first, offset));
                        places.add(place);
                        sums.add(ir.zero(lanes));
                        offset += lanes;
                    }
                }
                List<Vector> results = ir.loop(firstSample, endSample, 1, sums, this::sample);
                parts.addTo(places, results);
            }

            private List<Vector> sample(String sample, List<Vector> sums) {
                String x = ir.at(input, ir.times(sample, inFloats));
                String dy = ir.at(derivative, ir.times(sample, floats));
                LoopParts.Range inside = parts.lines(vertical, tapLine);
                return ir.loop(inside.from(), inside.to(), 1, sums, (line, before) -> {
                    String source = ir.plus(ir.plus(ir.times(line, vertical.step()), vertical.first()), tapLine);
                    return line(
                            ir.at(x, ir.times(source, (long) inWidth * inputs)),
                            ir.at(dy, ir.times(line, (long) width * outputs)),
                            before);
                });
            }

            /** One line of output pixels, in ranges of pixels for which the same taps lie inside the image. */
            private List<Vector> line(String x, String dy, List<Vector> sums) {
                List<Vector> after = sums;
                for (int q = 0; q < horizontal.count(); ) {
                    int end = q + 1;
                    while (end < horizontal.count() && used(end).equals(used(q))) {
                        end++;
                    }
                    List<Boolean> used = used(q);
                    if (used.contains(true)) {
                        int unrolled = Tiling.unrolled(end - q, lines.size() * block.size());
                        after = ir.loop(
                                Integer.toString(q), Integer.toString(end), unrolled, after, (pixel, before) -> {
                                    List<Vector> next = before;
                                    for (int turn = 0; turn < unrolled; turn++) {
                                        next = pixel(x, dy, pixel, turn, used, next);
                                    }
                                    return next;
                                });
                    }
                    q = end;
                }
                return after;
            }

            /** By line of the tile, whether its tap lies inside the image at an output pixel. */
            private List<Boolean> used(int q) {
                return lines.stream()
                        .map(line -> line.tap() >= horizontal.from(q) && line.tap() < horizontal.to(q))
                        .toList();
            }

            private List<Vector> pixel(
                    String x, String dy, String pixel, int turn, List<Boolean> used, List<Vector> sums) {
                List<Vector> after = new ArrayList<>(sums);
                String source = ir.plus(
                        ir.times(pixel, (long) horizontal.step() * inputs),
                        (long) (horizontal.first() + turn * horizontal.step()) * inputs);
                String target = ir.plus(ir.times(pixel, outputs), (long) turn * outputs);
                String repeated = ir.at(ir.at(alongOutputs ? x : dy, alongOutputs ? source : target), row);
                String vectors = ir.at(ir.at(alongOutputs ? dy : x, alongOutputs ? target : source), column);
                // Only a tile of one tap has vectors of the input, which the tap moves.
                long tapOffset = alongOutputs ? 0 : (long) lines.get(0).tap() * inputs;
                List<Vector> factors = new ArrayList<>();
                for (int lanes : block) {
                    factors.add(ir.load(ir.at(vectors, tapOffset), lanes));
                    tapOffset += lanes;
                }
                for (int i = 0; i < lines.size(); i++) {
                    if (!used.get(i)) {
                        continue;
                    }
                    Line line = lines.get(i);
                    long offset = line.row() + (alongOutputs ? (long) line.tap() * inputs : 0);
                    String scalar = ir.scalar(ir.at(repeated, offset));
                    for (int vector = 0; vector < block.size(); vector++) {
                        int sum = i * block.size() + vector;
                        after.set(
                                sum,
                                ir.multiplyAdd(
                                        ir.repeated(scalar, block.get(vector)), factors.get(vector), after.get(sum)));
                    }
                }
                return after;
            }
        }
    }
}
