package org.evonorm.engine.cpu;

import java.util.Arrays;
import java.util.List;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.engine.UpdateRule;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Workers;
import org.evonorm.engine.cpu.step.ConvolutionStep;

/** The parameters and the gradient of a model as flat native vectors, and the state of the update rule. */
final class ParameterMemory implements AutoCloseable {

    /** Largest number of parameters per call of an update rule; chunks are the units of work of the workers. */
    private static final int CHUNK = 8192;

    private final ParameterLayout layout;
    private final NativeFloats values;
    private final NativeFloats gradient;
    /** State of the update rule by chunk; null before the first update. */
    private final float[][] momentum;

    ParameterMemory(ParameterLayout layout) {
        this.layout = layout;
        this.values = new NativeFloats(layout.parameterCount());
        this.gradient = new NativeFloats(layout.parameterCount());
        this.momentum = new float
                [(layout.parameterCount() + CHUNK - 1) / CHUNK
                        + layout.parameters().size()][];
        gradient.fill(0);
    }

    /** The parameters, in the order of the layout. */
    NativeFloats values() {
        return values;
    }

    /** The gradient, in the order of the layout. */
    NativeFloats gradient() {
        return gradient;
    }

    /** The addresses of the parameters of a convolution or dense layer in a vector: of values or of the gradient. */
    ConvolutionStep.Addresses addresses(NativeFloats vector, List<Parameter> weightsAndBias) {
        return new ConvolutionStep.Addresses(
                vector.at(weightsAndBias.get(0).offset()),
                weightsAndBias.stream().skip(1).findFirst().map(bias -> vector.at(bias.offset())));
    }

    /** The state of the update rule, one value per parameter; zeros before the first update. */
    float[] momentum() {
        float[] all = new float[layout.parameterCount()];
        forEachChunk((chunk, parameter, at, count) -> {
            if (momentum[chunk] != null) {
                System.arraycopy(momentum[chunk], 0, all, at, count);
            }
        });
        return all;
    }

    void setMomentum(float[] values) {
        forEachChunk((chunk, parameter, at, count) -> momentum[chunk] = Arrays.copyOfRange(values, at, at + count));
    }

    /** Applies an update rule chunk by chunk; the workers take turns. */
    void update(UpdateRule rule, Workers workers) {
        workers.run(worker -> {
            float[] weights = new float[CHUNK];
            float[] slope = new float[CHUNK];
            forEachChunk((chunk, parameter, at, count) -> {
                if (chunk % workers.count() == worker) {
                    update(rule, parameter, at, count, chunk, weights, slope);
                }
            });
        });
    }

    /** Visits a chunk: {@code count} values of one parameter, from index {@code at} of the flat vector on. */
    private interface ChunkVisitor {
        void visit(int chunk, Parameter parameter, int at, int count);
    }

    private void forEachChunk(ChunkVisitor visitor) {
        int chunk = 0;
        for (Parameter parameter : layout.parameters()) {
            for (int from = 0; from < parameter.size(); from += CHUNK, chunk++) {
                visitor.visit(chunk, parameter, parameter.offset() + from, Math.min(CHUNK, parameter.size() - from));
            }
        }
    }

    private void update(
            UpdateRule rule, Parameter parameter, int at, int count, int chunk, float[] weights, float[] slope) {
        if (momentum[chunk] == null) {
            momentum[chunk] = new float[count];
        }
        values.buffer().get(at, weights, 0, count);
        gradient.buffer().get(at, slope, 0, count);
        rule.apply(weights, slope, momentum[chunk], count, parameter.role().decayed());
        values.buffer().put(at, weights, 0, count);
    }

    @Override
    public void close() {
        values.close();
        gradient.close();
    }
}
