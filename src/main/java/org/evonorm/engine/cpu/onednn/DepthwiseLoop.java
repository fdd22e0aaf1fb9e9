package org.evonorm.engine.cpu.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.LoopSource;
import org.evonorm.engine.llvm.VectorIr;

/**
 * The loop of {@link DepthwiseWeightGradient} over one sample, compiled by LLVM. Lanes of a vector are neighbouring
 * channels, and the sums stay in registers. The loop treats up to three rows of the kernel at once, as many as the
 * registers have room for. A tap is one position (ky, kx) of the kernel.
 *
 * <p>The function adds to the sums. Its arguments are the addresses of the padded input [H + 2p, W + 2p, C], of the
 * derivative of the output [H', W', C] and of the sums [taps, padded channels].
 *
 * @param lineFloats     floats per line of the padded input
 * @param paddedChannels floats per tap of the sums
 */
record DepthwiseLoop(ConvolutionShape shape, int lineFloats, int paddedChannels) implements LoopSource {

    private static final int MAX_ROWS = 3;

    @Override
    public String ir(String function) {
        VectorIr ir = new VectorIr(VectorFunctions.WIDTH);
        ir.line(ir.declarations());
        ir.line("define void @%s(ptr %%arguments) {", function);
        ir.line("entry:");
        String input = ir.pointer(0);
        String derivative = ir.pointer(1);
        String sums = ir.pointer(2);
        ir.line("br label %%channels");
        ir.line("channels:");
        ir.line("%%c = phi i64 [0, %%entry], [%%c.next, %%channels.end]");
        String x = ir.element(input, "%c");
        String dy = ir.element(derivative, "%c");
        String sum = ir.element(sums, "%c");
        for (int row = 0; row < shape.kernel(); row += MAX_ROWS) {
            new Rows(ir, row, Math.min(MAX_ROWS, shape.kernel() - row)).write(x, dy, sum);
        }
        ir.line("br label %%channels.end");
        ir.line("channels.end:");
        ir.line("%%c.next = add i64 %%c, %d", VectorFunctions.WIDTH);
        ir.line("%%c.more = icmp slt i64 %%c.next, %d", paddedChannels);
        ir.line("br i1 %%c.more, label %%channels, label %%done");
        ir.line("done:");
        ir.line("ret void");
        ir.line("}");
        return ir.text();
    }

    /** Some rows of the kernel. Their sums are phi values of the loops over lines and pixels of the output. */
    private final class Rows {

        private final VectorIr ir;
        private final int first;
        private final int count;
        private final String y;
        private final String pixel;

        Rows(VectorIr ir, int first, int count) {
            this.ir = ir;
            this.first = first;
            this.count = count;
            this.y = "y" + first;
            this.pixel = "pixel" + first;
        }

        /** Number of taps of these rows. */
        private int taps() {
            return count * shape.kernel();
        }

        /** Offset of a tap's sums, as text; taps are numbered within these rows. */
        private String offset(int tap) {
            return Integer.toString((first * shape.kernel() + tap) * paddedChannels);
        }

        void write(String x, String dy, String sum) {
            List<String> before = new ArrayList<>();
            for (int tap = 0; tap < taps(); tap++) {
                before.add(ir.load(ir.element(sum, offset(tap))));
            }
            ir.line("br label %%%s.begin", y);
            ir.line("%s.begin:", y);
            ir.line("br label %%%s", y);
            beginLoop(y, y + ".begin", y + ".end", before);
            String lineOfX = ir.element(x, ir.value("mul i64 %%%s.at, %d", y, shape.stride() * lineFloats));
            String lineOfDy = ir.element(
                    dy, ir.value("mul i64 %%%s.at, %d", y, shape.output().width() * channels()));
            ir.line("br label %%%s", pixel);
            beginLoop(
                    pixel,
                    y,
                    pixel,
                    IntStream.range(0, taps()).mapToObj(tap -> sum(y, tap)).toList());
            addPixel(
                    ir.element(lineOfX, ir.value("mul i64 %%%s.at, %d", pixel, shape.stride() * channels())),
                    ir.element(lineOfDy, ir.value("mul i64 %%%s.at, %d", pixel, channels())));
            endLoop(pixel, shape.output().width(), pixel, y + ".end");
            ir.line("%s.end:", y);
            for (int tap = 0; tap < taps(); tap++) {
                ir.name(sum(y + ".next", tap), sum(pixel + ".next", tap));
            }
            endLoop(y, shape.output().height(), y, y + ".done");
            ir.line("%s.done:", y);
            for (int tap = 0; tap < taps(); tap++) {
                ir.store(sum(y + ".next", tap), ir.element(sum, offset(tap)));
            }
        }

        private int channels() {
            return shape.input().channels();
        }

        private static String sum(String loop, int tap) {
            return "%" + loop + ".sum" + tap;
        }

        /**
         * Begins the block of a loop with its phi instructions.
         *
         * @param from block before the loop
         * @param end  last block of the loop
         * @param sums names of the sums before the loop, by tap
         */
        private void beginLoop(String loop, String from, String end, List<String> sums) {
            ir.line("%s:", loop);
            ir.line("%%%1$s.at = phi i64 [0, %%%2$s], [%%%1$s.at.next, %%%3$s]", loop, from, end);
            for (int tap = 0; tap < taps(); tap++) {
                ir.line(
                        "%s = phi %s [%s, %%%s], [%s, %%%s]",
                        sum(loop, tap), ir.vectorType(), sums.get(tap), from, sum(loop + ".next", tap), end);
            }
        }

        private void endLoop(String loop, int turns, String again, String then) {
            ir.line("%%%1$s.at.next = add i64 %%%1$s.at, 1", loop);
            ir.line("%%%1$s.more = icmp slt i64 %%%1$s.at.next, %2$d", loop, turns);
            ir.line("br i1 %%%s.more, label %%%s, label %%%s", loop, again, then);
        }

        private void addPixel(String x, String dy) {
            String slope = ir.load(dy);
            for (int tap = 0; tap < taps(); tap++) {
                int row = first + tap / shape.kernel();
                int column = tap % shape.kernel();
                String value = ir.load(ir.element(x, Integer.toString(row * lineFloats + column * channels())));
                ir.name(sum(pixel + ".next", tap), ir.multiplyAdd(value, slope, sum(pixel, tap)));
            }
        }
    }
}
