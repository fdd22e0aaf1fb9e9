package org.evonorm.network.onnx.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The layout of the queries, keys or values of an attention: samples and heads in the first dimensions, then one of all
 * tokens, and one of the channels of a head.
 *
 * @param tokens number of tokens
 * @param heads  number of heads
 * @param width  channels of a head
 */
public record HeadLayout(int tokens, int heads, int width) {

    /** The heads of a tensor [..., tokens, channels of a head]; absent if it is none. */
    public static Optional<HeadLayout> of(Layout layout) {
        int last = layout.rank() - 1;
        if (last < 2 || !layout.isOfAllPixels(last - 1)) {
            return Optional.empty();
        }
        List<Part> channels = layout.dimensions().get(last);
        if (channels.size() != 1
                || channels.get(0).axis() != Axis.CHANNEL
                || channels.get(0).stride() != 1) {
            return Optional.empty();
        }
        int tokens = (int) (long) layout.sizes().get(last - 1);
        int width = channels.get(0).size();
        List<Part> outer = new ArrayList<>();
        layout.dimensions().subList(0, last - 1).forEach(outer::addAll);
        if (!outer.isEmpty()
                && outer.get(0).axis() == Axis.SAMPLE
                && outer.get(0).stride() == 1) {
            outer.remove(0);
        }
        if (outer.isEmpty()) {
            return Optional.of(new HeadLayout(tokens, 1, width));
        }
        Part heads = outer.get(0);
        boolean apart = outer.size() == 1 && heads.axis() == Axis.CHANNEL && heads.stride() == width;
        return apart ? Optional.of(new HeadLayout(tokens, heads.size(), width)) : Optional.empty();
    }

    /** Channels of all heads. */
    public int channels() {
        return heads * width;
    }
}
