package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_backward_data;
import static org.bytedeco.dnnl.global.dnnl.dnnl_backward_weights;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_data_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_weights_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nhwc;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_diff_weights_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_x;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.network.Padding;
import org.evonorm.network.Shape;

/**
 * The oneDNN primitives of one convolution for one number of samples: forward and, in training, the gradients with
 * respect to data and weights. Activations are [B, H, W, C] in memory; oneDNN chooses the formats of the weights.
 */
public final class ConvolutionPrimitives implements AutoCloseable {

    /**
     * The key of a primitive descriptor in the cache: everything that the descriptor depends on.
     *
     * @param kind                  propagation kind, as oneDNN numbers them
     * @param gradientFormatSamples number of samples of the primitives that the format of the weight gradient is taken
     *                              from; 0 for primitives other than the weight gradient
     */
    private record Key(
            ConvolutionShape shape, int samples, int kind, boolean addsResidual, int gradientFormatSamples) {}

    private final ConvolutionShape shape;
    private final int samples;
    private final boolean addsResidual;
    private final dnnl_memory_desc input;
    private final dnnl_memory_desc output;
    private final dnnl_memory_desc weights;
    private final Optional<dnnl_memory_desc> bias;
    private final NativePrimitive forward;
    private final Optional<NativePrimitive> backwardData;
    private final Optional<NativePrimitive> backwardWeights;

    /**
     * Creates the descriptors; the primitives themselves are created when their memory is bound.
     *
     * @param samples            number of samples of one worker
     * @param addsResidual       whether the forward primitive adds another tensor to its output
     * @param training           whether the gradients are needed
     * @param inputHasDerivative whether the gradient with respect to data is needed
     * @param reference          primitives of another worker; the weight gradient gets the format of theirs, so that
     *                           the workers' gradients can be added
     */
    public ConvolutionPrimitives(
            ConvolutionShape shape,
            int samples,
            boolean addsResidual,
            boolean training,
            boolean inputHasDerivative,
            Optional<ConvolutionPrimitives> reference) {
        this.shape = shape;
        this.samples = samples;
        this.addsResidual = addsResidual;
        this.input = activations(samples, shape.input());
        this.output = activations(samples, shape.output());
        this.weights = shape.weights(dnnl_format_tag_any);
        this.bias = shape.hasBias()
                ? Optional.of(OneDnn.memoryDescriptor(dnnl_x, shape.output().channels()))
                : Optional.empty();
        int direction = training ? dnnl_forward_training : dnnl_forward_inference;
        this.forward = primitive(direction, 0, () -> forwardDescriptor(direction));
        this.backwardData = inputHasDerivative
                ? Optional.of(primitive(dnnl_backward_data, 0, this::backwardDataDescriptor))
                : Optional.empty();
        this.backwardWeights = training
                ? Optional.of(primitive(
                        dnnl_backward_weights,
                        reference.map(other -> other.samples).orElse(samples),
                        () -> backwardWeightsDescriptor(reference)))
                : Optional.empty();
    }

    private static dnnl_memory_desc activations(int samples, Shape shape) {
        return OneDnn.memoryDescriptor(dnnl_nhwc, samples, shape.channels(), shape.height(), shape.width());
    }

    private NativePrimitive primitive(int kind, int gradientFormatSamples, Supplier<dnnl_primitive_desc> create) {
        Key key = new Key(shape, samples, kind, addsResidual, gradientFormatSamples);
        return new NativePrimitive(PrimitiveDescriptorCache.get(key, create));
    }

    private dnnl_primitive_desc forwardDescriptor(int direction) {
        dnnl_primitive_attr attributes = addsResidual ? OneDnn.adding(output) : OneDnn.attributes();
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_convolution_forward_primitive_desc_create(
                        descriptor,
                        OneDnn.engine(),
                        direction,
                        dnnl_convolution_direct,
                        input,
                        weights,
                        bias.orElse(null),
                        output,
                        strides(),
                        dilations(),
                        paddingBefore(),
                        paddingBehind(),
                        attributes),
                "describing a convolution");
        if (addsResidual) {
            dnnl_primitive_attr_destroy(attributes);
        }
        return descriptor;
    }

    private dnnl_primitive_desc backwardDataDescriptor() {
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_convolution_backward_data_primitive_desc_create(
                        descriptor,
                        OneDnn.engine(),
                        dnnl_convolution_direct,
                        input,
                        weights,
                        output,
                        strides(),
                        dilations(),
                        paddingBefore(),
                        paddingBehind(),
                        forward.descriptor(),
                        OneDnn.attributes()),
                "describing a convolution's data gradient");
        return descriptor;
    }

    private dnnl_primitive_desc backwardWeightsDescriptor(Optional<ConvolutionPrimitives> reference) {
        dnnl_memory_desc format = reference
                .flatMap(ConvolutionPrimitives::backwardWeights)
                .map(gradient -> gradient.memoryDescriptor(dnnl_query_diff_weights_md))
                .orElse(weights);
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_convolution_backward_weights_primitive_desc_create(
                        descriptor,
                        OneDnn.engine(),
                        dnnl_convolution_direct,
                        input,
                        format,
                        bias.orElse(null),
                        output,
                        strides(),
                        dilations(),
                        paddingBefore(),
                        paddingBehind(),
                        forward.descriptor(),
                        OneDnn.attributes()),
                "describing a convolution's weight gradient");
        return descriptor;
    }

    private long[] strides() {
        return new long[] {shape.stride(), shape.stride()};
    }

    /** Pixels between taps, which oneDNN counts from 0. */
    private long[] dilations() {
        long gap = shape.window().dilation() - 1L;
        return new long[] {gap, gap};
    }

    private long[] paddingBefore() {
        Padding padding = shape.window().padding();
        return new long[] {padding.top(), padding.left()};
    }

    private long[] paddingBehind() {
        Padding padding = shape.window().padding();
        return new long[] {padding.bottom(), padding.right()};
    }

    /** Memory descriptor of the input, owned by this object. */
    public dnnl_memory_desc input() {
        return input;
    }

    /** Memory descriptor of the output, owned by this object. */
    public dnnl_memory_desc output() {
        return output;
    }

    /** Memory descriptor of the bias, owned by this object; only for convolutions with bias. */
    public dnnl_memory_desc bias() {
        return bias.orElseThrow();
    }

    /** The primitive of the output. */
    public NativePrimitive forward() {
        return forward;
    }

    /** The primitive of the gradient with respect to the input. */
    public Optional<NativePrimitive> backwardData() {
        return backwardData;
    }

    /** The primitive of the gradient with respect to weights and bias. */
    public Optional<NativePrimitive> backwardWeights() {
        return backwardWeights;
    }

    /** Floats of scratch memory that the primitives need; they run one after another and share it. */
    public long scratchFloats() {
        return all().stream().mapToLong(NativePrimitive::scratchFloats).max().orElse(0);
    }

    /** Binds the scratch memory of all primitives. */
    public void bindScratch(NativeFloats scratch) {
        all().forEach(primitive -> primitive.bindScratch(scratch));
    }

    /** Names of the implementations that oneDNN chose, forward first. */
    public List<String> implementations() {
        return all().stream().map(NativePrimitive::implementation).toList();
    }

    private List<NativePrimitive> all() {
        List<NativePrimitive> all = new ArrayList<>(List.of(forward));
        backwardData.ifPresent(all::add);
        backwardWeights.ifPresent(all::add);
        return all;
    }

    @Override
    public void close() {
        all().forEach(NativePrimitive::close);
        NativePrimitive.free(input, output, weights);
        bias.ifPresent(NativePrimitive::free);
    }
}
