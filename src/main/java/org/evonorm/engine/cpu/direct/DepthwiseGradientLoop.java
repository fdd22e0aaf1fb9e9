package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.evonorm.engine.llvm.LoopIr;
import org.evonorm.engine.llvm.LoopIr.Vector;
import org.evonorm.engine.llvm.LoopSource;

/**
 * The loop of a depthwise convolution's weight gradient over samples. Lanes of a vector are neighbouring channels. The
 * sums of one line of the kernel stay in registers over all pixels.
 *
 * <p>The function adds to the gradient. Arguments are the addresses of the input, of the derivative of the output and
 * of the gradient [kernel, kernel, C], and the number of samples.
 *
 * @param channels   C
 * @param inWidth    width of the input
 * @param inFloats   floats of a sample of the input
 * @param width      width of the output
 * @param floats     floats of a sample of the output
 * @param vertical   vertical axis of the forward convolution
 * @param horizontal horizontal axis of the forward convolution
 * @param chunk      samples that are treated before the next block, few enough for the cache
 */
record DepthwiseGradientLoop(
        int channels, int inWidth, int inFloats, int width, int floats, Axis vertical, Axis horizontal, int chunk)
        implements LoopSource {

    /** Pixels whose taps share the vectors that they read. */
    private static final int PIXELS = 8;

    @Override
    public String ir(String function) {
        return new Writer().write(function);
    }

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
                blocks();
            });
            return ir.module(function);
        }

        private void blocks() {
            List<List<Integer>> blocks = Tiling.blocks(Tiling.vectors(channels), horizontal.taps() < 4 ? 3 : 2);
            parts.blocks(blocks, this::block);
        }

        private void block(String channel, List<Integer> block) {
            ir.loop("0", Integer.toString(vertical.taps()), 1, tapLine -> {
                String first = ir.plus(ir.times(tapLine, (long) horizontal.taps() * channels), channel);
                List<String> places = new ArrayList<>();
                List<Vector> sums = new ArrayList<>();
                for (int tap = 0; tap < horizontal.taps(); tap++) {
                    long offset = (long) tap * channels;
                    for (int lanes : block) {
                        String place = ir.at(gradient, ir.plus(first, offset));
                        places.add(place);
                        sums.add(ir.zero(lanes));
                        offset += lanes;
                    }
                }
                List<Vector> results = ir.loop(
                        firstSample,
                        endSample,
                        1,
                        sums,
                        (sample, before) -> sample(sample, tapLine, channel, block, before));
                parts.addTo(places, results);
            });
        }

        private List<Vector> sample(
                String sample, String tapLine, String channel, List<Integer> block, List<Vector> sums) {
            String x = ir.at(input, ir.plus(ir.times(sample, inFloats), channel));
            String dy = ir.at(derivative, ir.plus(ir.times(sample, floats), channel));
            LoopParts.Range inside = parts.lines(vertical, tapLine);
            return ir.loop(inside.from(), inside.to(), 1, sums, (line, before) -> {
                String source = ir.plus(ir.plus(ir.times(line, vertical.step()), vertical.first()), tapLine);
                return line(
                        ir.at(x, ir.times(source, (long) inWidth * channels)),
                        ir.at(dy, ir.times(line, (long) width * channels)),
                        block,
                        before);
            });
        }

        /** One line of output pixels. */
        private List<Vector> line(String x, String dy, List<Integer> block, List<Vector> sums) {
            int tiles = (horizontal.count() + PIXELS - 1) / PIXELS;
            int pixels = (horizontal.count() + tiles - 1) / tiles;
            return parts.tiles(
                    horizontal, pixels, sums, (index, q, count, before) -> tile(x, dy, block, index, q, count, before));
        }

        private List<Vector> tile(
                String x, String dy, List<Integer> block, String index, int q, int count, List<Vector> sums) {
            List<Vector> after = new ArrayList<>(sums);
            String source = ir.at(
                    x,
                    ir.plus(
                            ir.times(index, (long) horizontal.step() * channels),
                            (long) horizontal.first() * channels));
            String target = ir.at(dy, ir.times(index, channels));
            SortedMap<Integer, List<Axis.Reader>> readers = horizontal.readers(q, count);
            int offset = 0;
            for (int vector = 0; vector < block.size(); vector++) {
                int lanes = block.get(vector);
                List<Vector> slopes = new ArrayList<>();
                for (int pixel = 0; pixel < count; pixel++) {
                    slopes.add(ir.load(ir.at(target, (long) pixel * channels + offset), lanes));
                }
                for (var reader : readers.entrySet()) {
                    Vector value = ir.load(ir.at(source, (long) reader.getKey() * channels + offset), lanes);
                    for (Axis.Reader pixelAndTap : reader.getValue()) {
                        int sum = pixelAndTap.tap() * block.size() + vector;
                        after.set(sum, ir.multiplyAdd(value, slopes.get(pixelAndTap.pixel()), after.get(sum)));
                    }
                }
                offset += lanes;
            }
            return after;
        }
    }
}
