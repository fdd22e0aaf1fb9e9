package org.evonorm.engine.cpu;

import java.util.Arrays;

/** Operations on small values, bound to the arrays that hold them; planes lie one sample after another. */
sealed interface SmallStep {

    /** Computes one sample's plane, or a channel vector, for which the sample is 0. */
    void run(int sample);

    /** An array and the distance between samples in it: 0 for channel vectors. */
    record Operand(float[] values, int stride) {}

    /** An elementwise operation; operands beyond the kernel's own repeat {@code a}. */
    record Elementwise(Kernel kernel, Operand out, Operand a, Operand b, Operand c, int count) implements SmallStep {
        @Override
        public void run(int sample) {
            kernel.run(out.values(), sample * out.stride(), a.values(), sample * a.stride(),
                    b.values(), sample * b.stride(), c.values(), sample * c.stride(), count);
        }
    }

    /** The mean over groups of neighbouring channels, at each of them. */
    record GroupMean(Operand out, Operand a, int channels, int groupSize) implements SmallStep {
        @Override
        public void run(int sample) {
            int from = sample * a.stride();
            int to = sample * out.stride();
            for (int group = 0; group < channels; group += groupSize) {
                double sum = 0;
                for (int c = group; c < group + groupSize; c++) {
                    sum += a.values()[from + c];
                }
                Arrays.fill(out.values(), to + group, to + group + groupSize, (float) (sum / groupSize));
            }
        }
    }
}
