package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import org.evonorm.engine.llvm.LoopIr;
import org.evonorm.engine.llvm.LoopIr.Vector;
import org.evonorm.engine.llvm.LoopSource;

/**
 * The loop of a bias's gradient: sums of every channel over pixels. The sums of some pixels stay in registers.
 *
 * <p>The function adds to the gradient. Arguments are the addresses of the derivative [pixels, C] and of the gradient
 * [C], and the number of pixels.
 *
 * @param channels C
 */
record ChannelSumLoop(int channels) implements LoopSource {

    /** Pixels that are summed before they are added to the gradient: few roundings for each sum, few additions. */
    private static final int PIXELS = 128;
    /** Vectors that are read one after the other: two cache lines or more. */
    private static final int VECTORS = 4;

    @Override
    public String ir(String function) {
        LoopIr ir = new LoopIr();
        LoopParts parts = new LoopParts(ir);
        String derivative = ir.pointerArgument(0);
        String gradient = ir.pointerArgument(1);
        String pixels = ir.integerArgument(2);
        ir.loop("0", pixels, PIXELS, first -> {
            String end = ir.smallest(ir.plus(first, PIXELS), pixels);
            parts.blocks(Tiling.blocks(Tiling.vectors(channels), VECTORS), (channel, block) -> {
                List<String> places = new ArrayList<>();
                List<Vector> zeros = new ArrayList<>();
                int offset = 0;
                for (int lanes : block) {
                    places.add(ir.at(gradient, ir.plus(channel, offset)));
                    zeros.add(ir.zero(lanes));
                    offset += lanes;
                }
                parts.addTo(places, ir.loop(first, end, 1, zeros, (pixel, sums) -> {
                    String values = ir.at(derivative, ir.plus(ir.times(pixel, channels), channel));
                    List<Vector> after = new ArrayList<>();
                    int at = 0;
                    for (Vector sum : sums) {
                        after.add(ir.sum(sum, ir.load(ir.at(values, at), sum.lanes())));
                        at += sum.lanes();
                    }
                    return after;
                }));
            });
        });
        return ir.module(function);
    }
}
