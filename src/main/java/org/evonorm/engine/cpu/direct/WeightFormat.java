package org.evonorm.engine.cpu.direct;

import static org.bytedeco.dnnl.global.dnnl.dnnl_Acdb16a;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Acdb24a;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Acdb32a;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Acdb48a;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Acdb64a;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Acdb8a;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Bcda16b;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Bcda24b;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Bcda32b;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Bcda48b;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Bcda64b;
import static org.bytedeco.dnnl.global.dnnl.dnnl_Bcda8b;

import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.engine.cpu.onednn.OneDnn;

/**
 * The formats of weights in which direct loops read and write them. Where the channels of a sum are several blocks, the
 * weights of a block lie together: otherwise they would be a cache line of every few, which leaves most of the cache
 * unused.
 */
final class WeightFormat {

    /** oneDNN's names of packed formats, by floats of a block: those of blocks of outputs and those of inputs. */
    private record Tags(int outputs, int inputs) {}

    private static final Map<Integer, Tags> PACKED = Map.of(
            8, new Tags(dnnl_Acdb8a, dnnl_Bcda8b),
            16, new Tags(dnnl_Acdb16a, dnnl_Bcda16b),
            24, new Tags(dnnl_Acdb24a, dnnl_Bcda24b),
            32, new Tags(dnnl_Acdb32a, dnnl_Bcda32b),
            48, new Tags(dnnl_Acdb48a, dnnl_Bcda48b),
            64, new Tags(dnnl_Acdb64a, dnnl_Bcda64b));

    private WeightFormat() {}

    /** Whether weights of {@code channels} are packed in blocks of {@code floats}. */
    static boolean isPacked(int channels, int floats) {
        return floats < channels && PACKED.containsKey(floats);
    }

    /**
     * The format of a dense convolution's weights for sums of one of its sides: [block, kernel, kernel, other side,
     * floats of a block] where they are packed, else [kernel, kernel, other side, side].
     *
     * @param outputs whether the side is the output channels, otherwise the input channels
     * @param floats  floats of a block
     */
    static dnnl_memory_desc dense(ConvolutionShape shape, boolean outputs, int floats) {
        int side = outputs ? shape.output().channels() : shape.input().channels();
        if (!isPacked(side, floats)) {
            return lines(shape, outputs);
        }
        Tags tags = PACKED.get(floats);
        return OneDnn.memoryDescriptor(
                outputs ? tags.outputs() : tags.inputs(),
                shape.output().channels(),
                shape.input().channels(),
                shape.kernel(),
                shape.kernel());
    }

    /** The format [kernel, kernel, other side, side] of a dense convolution's weights. */
    static dnnl_memory_desc lines(ConvolutionShape shape, boolean outputs) {
        if (shape.kernel() == 1 && !outputs) {
            return shape.plainWeights();
        }
        long inputs = shape.input().channels();
        long all = inputs * shape.output().channels();
        int kernel = shape.kernel();
        return OneDnn.memoryDescriptor(
                new long[] {shape.output().channels(), inputs, kernel, kernel},
                new long[] {outputs ? 1 : inputs, outputs ? shape.output().channels() : 1, kernel * all, all});
    }

    /** The format [kernel, kernel, C] of a depthwise convolution's weights. */
    static dnnl_memory_desc depthwise(ConvolutionShape shape) {
        long channels = shape.output().channels();
        int kernel = shape.kernel();
        return OneDnn.memoryDescriptor(
                new long[] {channels, 1, 1, kernel, kernel},
                new long[] {1, channels, channels, kernel * channels, channels});
    }
}
