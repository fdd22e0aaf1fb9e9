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
import org.evonorm.network.Shape;

/** The primitives of one convolution for one number of samples: activations NHWC, weights in the forms they like best. */
public final class ConvolutionPrimitives implements AutoCloseable {

    /**
     * What a description depends on.
     *
     * @param kind           of propagation, as oneDNN numbers them
     * @param gradientsOwner samples of the worker whose weight gradient has the form that is wanted; 0 for no gradient
     */
    private record Key(ConvolutionShape shape, int samples, int kind, boolean addsResidual, int gradientsOwner) {}

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
     * @param addsResidual whether another tensor is added to the output
     * @param first        another worker's, which the form of the weight gradient is taken from
     */
    public ConvolutionPrimitives(
            ConvolutionShape shape,
            int samples,
            boolean addsResidual,
            boolean training,
            boolean inputHasDerivative,
            Optional<ConvolutionPrimitives> first) {
        this.shape = shape;
        this.samples = samples;
        this.addsResidual = addsResidual;
        this.input = activations(samples, shape.input());
        this.output = activations(samples, shape.output());
        this.weights = shape.weights(dnnl_format_tag_any);
        this.bias = shape.hasBias()
                ? Optional.of(OneDnn.description(dnnl_x, shape.output().channels()))
                : Optional.empty();
        int direction = training ? dnnl_forward_training : dnnl_forward_inference;
        this.forward = primitive(direction, 0, () -> describeForward(direction));
        this.backwardData = inputHasDerivative
                ? Optional.of(primitive(dnnl_backward_data, 0, this::describeBackwardData))
                : Optional.empty();
        this.backwardWeights = training
                ? Optional.of(primitive(
                        dnnl_backward_weights,
                        first.map(other -> other.samples).orElse(samples),
                        () -> describeBackwardWeights(first)))
                : Optional.empty();
    }

    private static dnnl_memory_desc activations(int samples, Shape shape) {
        return OneDnn.description(dnnl_nhwc, samples, shape.channels(), shape.height(), shape.width());
    }

    private NativePrimitive primitive(int kind, int gradientsOwner, Supplier<dnnl_primitive_desc> describe) {
        return new NativePrimitive(
                PrimitiveDescriptorCache.get(new Key(shape, samples, kind, addsResidual, gradientsOwner), describe));
    }

    private dnnl_primitive_desc describeForward(int direction) {
        dnnl_primitive_attr attributes = addsResidual ? OneDnn.adding(output) : OneDnn.attributes();
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_convolution_forward_primitive_desc_create(
                        description,
                        OneDnn.engine(),
                        direction,
                        dnnl_convolution_direct,
                        input,
                        weights,
                        bias.orElse(null),
                        output,
                        strides(),
                        dilations(),
                        padding(),
                        padding(),
                        attributes),
                "describing a convolution");
        if (addsResidual) {
            dnnl_primitive_attr_destroy(attributes);
        }
        return description;
    }

    private dnnl_primitive_desc describeBackwardData() {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_convolution_backward_data_primitive_desc_create(
                        description,
                        OneDnn.engine(),
                        dnnl_convolution_direct,
                        input,
                        weights,
                        output,
                        strides(),
                        dilations(),
                        padding(),
                        padding(),
                        forward.description(),
                        OneDnn.attributes()),
                "describing a convolution's data gradient");
        return description;
    }

    private dnnl_primitive_desc describeBackwardWeights(Optional<ConvolutionPrimitives> first) {
        dnnl_memory_desc form = first.flatMap(ConvolutionPrimitives::backwardWeights)
                .map(gradient -> gradient.memory(dnnl_query_diff_weights_md))
                .orElse(weights);
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_convolution_backward_weights_primitive_desc_create(
                        description,
                        OneDnn.engine(),
                        dnnl_convolution_direct,
                        input,
                        form,
                        bias.orElse(null),
                        output,
                        strides(),
                        dilations(),
                        padding(),
                        padding(),
                        forward.description(),
                        OneDnn.attributes()),
                "describing a convolution's weight gradient");
        return description;
    }

    private long[] strides() {
        return new long[] {shape.stride(), shape.stride()};
    }

    private static long[] dilations() {
        return new long[] {0, 0};
    }

    private long[] padding() {
        return new long[] {shape.padding(), shape.padding()};
    }

    public dnnl_memory_desc input() {
        return input;
    }

    public dnnl_memory_desc output() {
        return output;
    }

    public dnnl_memory_desc bias() {
        return bias.orElseThrow();
    }

    public NativePrimitive forward() {
        return forward;
    }

    public Optional<NativePrimitive> backwardData() {
        return backwardData;
    }

    public Optional<NativePrimitive> backwardWeights() {
        return backwardWeights;
    }

    public long scratchFloats() {
        return all().stream().mapToLong(NativePrimitive::scratchFloats).max().orElse(0);
    }

    public void bindScratch(NativeFloats scratch) {
        all().forEach(primitive -> primitive.bindScratch(scratch));
    }

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
