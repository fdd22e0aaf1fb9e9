package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_dst_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_src_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_weights_md;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.evonorm.engine.cpu.memory.NativeFloats;

/**
 * The oneDNN primitives of multi-head attention over some samples: {@code softmax(Q Kᵀ / sqrt(size)) V} per head, and
 * the products of its derivative. The probabilities of the forward pass are kept for the backward pass.
 */
public final class AttentionPrimitives implements AutoCloseable {

    /** Floats of a cache line. */
    private static final int LINE = 16;

    private static final Map<Integer, Integer> QUERIES = Map.of(
            DNNL_ARG_SRC, dnnl_query_src_md,
            DNNL_ARG_WEIGHTS, dnnl_query_weights_md,
            DNNL_ARG_DST, dnnl_query_dst_md);

    private final AttentionShape shape;
    private final int samples;
    private final Matrices qkv;
    private final Matrices tokens;
    private final Matrices pairs;
    private final RowSoftmax softmax;
    private final List<NativePrimitive> forward = new ArrayList<>();
    private final List<NativePrimitive> toProbabilities = new ArrayList<>();
    private final List<NativePrimitive> fromScores = new ArrayList<>();
    /** Arguments in scratch memory, which are bound last. */
    private final List<Argument> scratchArguments = new ArrayList<>();

    private record Argument(NativePrimitive primitive, int argument, int query) {
        void bind(FloatPointer memory) {
            primitive.bind(argument, primitive.memoryDescriptor(query), memory);
        }
    }

    /** No primitives yet; {@link #bindForward} and {@link #bindBackward} create them. */
    public AttentionPrimitives(AttentionShape shape, int samples) {
        this.shape = shape;
        this.samples = samples;
        this.qkv = shape.perToken(samples, 3 * shape.width());
        this.tokens = shape.perToken(samples, shape.width());
        this.pairs = shape.perPair(samples);
        this.softmax = new RowSoftmax((long) samples * shape.heads() * shape.tokens(), shape.tokens());
    }

    private FloatPointer keys(FloatPointer input) {
        return input.getPointer(shape.width());
    }

    private FloatPointer values(FloatPointer input) {
        return input.getPointer(2L * shape.width());
    }

    /**
     * Binds the forward pass.
     *
     * @param input         [samples, tokens, 3, heads, size]
     * @param probabilities memory for [samples, heads, tokens, tokens]; without it they are in scratch memory, which
     *                      does not outlast the pass
     * @param output        [samples, tokens, heads, size]
     */
    public void bindForward(FloatPointer input, Optional<FloatPointer> probabilities, FloatPointer output) {
        NativePrimitive scores = qkv.times(qkv.transposed(), pairs, shape.factor());
        bind(scores, DNNL_ARG_SRC, Optional.of(input));
        bind(scores, DNNL_ARG_WEIGHTS, Optional.of(keys(input)));
        bind(scores, DNNL_ARG_DST, probabilities);
        NativePrimitive probability = softmax.forward();
        bind(probability, DNNL_ARG_SRC, probabilities);
        bind(probability, DNNL_ARG_DST, probabilities);
        NativePrimitive mean = pairs.times(qkv, tokens, 1);
        bind(mean, DNNL_ARG_DST, Optional.of(output));
        bind(mean, DNNL_ARG_WEIGHTS, Optional.of(values(input)));
        bind(mean, DNNL_ARG_SRC, probabilities);
        forward.addAll(List.of(scores, probability, mean));
    }

    /**
     * Binds the backward pass.
     *
     * @param probabilities    as the forward pass wrote them
     * @param outputDerivative [samples, tokens, heads, size]
     * @param inputDerivative  [samples, tokens, 3, heads, size], overwritten
     */
    public void bindBackward(
            FloatPointer input,
            FloatPointer probabilities,
            FloatPointer outputDerivative,
            FloatPointer inputDerivative) {
        Optional<FloatPointer> scratch = Optional.empty();
        NativePrimitive ofValues = pairs.transposed().times(tokens, qkv, 1);
        bind(ofValues, DNNL_ARG_SRC, Optional.of(probabilities));
        bind(ofValues, DNNL_ARG_WEIGHTS, Optional.of(outputDerivative));
        bind(ofValues, DNNL_ARG_DST, Optional.of(values(inputDerivative)));
        NativePrimitive ofProbabilities = tokens.times(qkv.transposed(), pairs, 1);
        bind(ofProbabilities, DNNL_ARG_SRC, Optional.of(outputDerivative));
        bind(ofProbabilities, DNNL_ARG_WEIGHTS, Optional.of(values(input)));
        bind(ofProbabilities, DNNL_ARG_DST, scratch);
        NativePrimitive ofQueries = pairs.times(qkv, qkv, shape.factor());
        bind(ofQueries, DNNL_ARG_WEIGHTS, Optional.of(keys(input)));
        bind(ofQueries, DNNL_ARG_DST, Optional.of(inputDerivative));
        bind(ofQueries, DNNL_ARG_SRC, scratch);
        NativePrimitive ofKeys = pairs.transposed().times(qkv, qkv, shape.factor());
        bind(ofKeys, DNNL_ARG_WEIGHTS, Optional.of(input));
        bind(ofKeys, DNNL_ARG_DST, Optional.of(keys(inputDerivative)));
        bind(ofKeys, DNNL_ARG_SRC, scratch);
        toProbabilities.addAll(List.of(ofValues, ofProbabilities));
        fromScores.addAll(List.of(ofQueries, ofKeys));
    }

    /** Binds an argument to memory, or to scratch memory later. */
    private void bind(NativePrimitive primitive, int argument, Optional<FloatPointer> memory) {
        Argument bound = new Argument(primitive, argument, QUERIES.get(argument));
        memory.ifPresentOrElse(bound::bind, () -> scratchArguments.add(bound));
    }

    /** Computes the output. */
    public void forward() {
        forward.forEach(NativePrimitive::execute);
    }

    /** Computes the derivative of the values, and in the first floats of the scratch memory that of the probabilities. */
    public void backwardToProbabilities() {
        toProbabilities.forEach(NativePrimitive::execute);
    }

    /** Computes the derivatives of queries and keys, after the caller put that of the scores into the scratch memory. */
    public void backwardFromScores() {
        fromScores.forEach(NativePrimitive::execute);
    }

    private List<NativePrimitive> all() {
        List<NativePrimitive> all = new ArrayList<>(forward);
        all.addAll(toProbabilities);
        all.addAll(fromScores);
        return all;
    }

    /** Floats of the matrix in scratch memory, up to the next cache line. */
    private long scratchMatrix() {
        return scratchArguments.isEmpty() ? 0 : (samples * shape.probabilities() + LINE - 1) / LINE * LINE;
    }

    /** Floats of scratch memory: a matrix of scores, and what the primitives need, one after another. */
    public long scratchFloats() {
        return scratchMatrix()
                + all().stream().mapToLong(NativePrimitive::scratchFloats).max().orElse(0);
    }

    /** Binds the scratch memory, after all passes are bound. */
    public void bindScratch(NativeFloats scratch) {
        scratchArguments.forEach(argument -> argument.bind(scratch.at(0)));
        all().forEach(primitive -> primitive.bindScratch(scratch.at(scratchMatrix())));
    }

    /** Names of the implementations that oneDNN chose, forward first. */
    public List<String> implementations() {
        return all().stream().map(NativePrimitive::implementation).toList();
    }

    @Override
    public void close() {
        all().forEach(NativePrimitive::close);
    }
}
