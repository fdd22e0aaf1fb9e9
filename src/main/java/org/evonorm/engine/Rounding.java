package org.evonorm.engine;

import org.evonorm.engine.Parameter.Role;

/**
 * A number format with fewer bits than float32, to which weights and activations are rounded: what a network that was
 * trained in float32 computes with where it is deployed (docs/design.md, "Objectives"). Vectors, such as biases, v0, v1,
 * gamma and beta, stay as they are.
 */
public enum Rounding {

    /** bfloat16: the sign, the exponent and seven bits of the significand of float32, rounded to nearest, ties to even. */
    BFLOAT16 {
        @Override
        void weights(float[] values, int from, int count) {
            activations(values, from, count);
        }

        @Override
        public void activations(float[] values, int from, int count) {
            for (int i = from; i < from + count; i++) {
                int bits = Float.floatToRawIntBits(values[i]);
                int even = (bits >>> 16) & 1;
                // NaN stays NaN, whose bits a carry would turn into another number.
                values[i] =
                        Float.isNaN(values[i]) ? values[i] : Float.intBitsToFloat((bits + 0x7fff + even) & 0xffff0000);
            }
        }
    },

    /**
     * Integers of eight bits: of weights per output channel, −127 to 127 times a scale; of activations per image and
     * operator, 256 equal steps over the range of the values and 0, which is one of them.
     */
    INT8 {
        @Override
        void weights(float[] values, int from, int count) {
            float largest = 0;
            for (int i = from; i < from + count; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            if (largest > 0 && largest <= Float.MAX_VALUE) {
                quantize(values, from, count, largest / 127, 0, -127, 127);
            }
        }

        @Override
        public void activations(float[] values, int from, int count) {
            float least = 0;
            float largest = 0;
            for (int i = from; i < from + count; i++) {
                least = Math.min(least, values[i]);
                largest = Math.max(largest, values[i]);
            }
            float step = largest / 255 - least / 255;
            if (step > 0 && step <= Float.MAX_VALUE) {
                quantize(values, from, count, step, (float) Math.rint(-least / step), 0, 255);
            }
        }

        private static void quantize(
                float[] values, int from, int count, float step, float zero, float lowest, float highest) {
            for (int i = from; i < from + count; i++) {
                float level = (float) Math.rint(values[i] / step) + zero;
                values[i] = (Math.min(Math.max(level, lowest), highest) - zero) * step;
            }
        }
    };

    /** Rounds the weights of one output channel, or of all channels together where a parameter has no such axis. */
    abstract void weights(float[] values, int from, int count);

    /** Rounds the activations of one image behind one operator; where one is not finite, int8 leaves all as they are. */
    public abstract void activations(float[] values, int from, int count);

    /** The parameters of a model, of which the weights of convolutions and dense layers and positions are rounded. */
    public float[] parameters(ParameterLayout layout, float[] values) {
        float[] rounded = values.clone();
        for (Parameter parameter : layout.parameters()) {
            if (parameter.role() != Role.VECTOR) {
                int channels = channels(parameter);
                int size = parameter.size() / channels;
                for (int channel = 0; channel < channels; channel++) {
                    weights(rounded, parameter.offset() + channel * size, size);
                }
            }
        }
        return rounded;
    }

    private static int channels(Parameter parameter) {
        int axes = switch (parameter.role()) {
            // Groups, and the channels of a group.
            case CONVOLUTION -> 2;
            case DENSE -> 1;
            case POSITIONS, VECTOR -> 0;
        };
        return parameter.shape().subList(0, axes).stream().reduce(1, Math::multiplyExact);
    }
}
