package org.evonorm.engine.cpu.tile;

import jdk.incubator.vector.FloatVector;
import org.evonorm.engine.cpu.vector.Kernel;
import org.evonorm.engine.cpu.vector.VectorFunctions;

/** An operation on small values, [C] or [B, C], bound to their arrays. */
sealed interface SmallStep {

    /** Computes the row [C] of one sample; for channel vectors, the sample is 0. */
    void run(int sample);

    /** An array, and the number of floats from sample to sample in it: 0 for channel vectors. */
    record Operand(float[] values, int stride) {}

    /** An elementwise operation. Operands that the kernel does not take repeat {@code a}. */
    record Elementwise(Kernel kernel, Operand out, Operand a, Operand b, Operand c, int count) implements SmallStep {
        @Override
        public void run(int sample) {
            kernel.run(
                    out.values(),
                    sample * out.stride(),
                    a.values(),
                    sample * a.stride(),
                    b.values(),
                    sample * b.stride(),
                    c.values(),
                    sample * c.stride(),
                    count);
        }
    }

    /** The mean over each group of neighbouring channels, written to every channel of the group. */
    record GroupMean(Operand out, Operand a, int channels, int groupSize) implements SmallStep {
        /** Number of groups that are summed side by side, to hide the latency of additions. */
        private static final int GROUPS = 4;

        @Override
        public void run(int sample) {
            int from = sample * a.stride();
            int to = sample * out.stride();
            int group = 0;
            for (; group + GROUPS * groupSize <= channels; group += GROUPS * groupSize) {
                fourGroups(from + group, to + group);
            }
            for (; group < channels; group += groupSize) {
                double sum = 0;
                for (int c = group; c < group + groupSize; c++) {
                    sum += a.values()[from + c];
                }
                fill(to + group, sum);
            }
        }

        private void fourGroups(int from, int to) {
            float[] values = a.values();
            double sum0 = 0;
            double sum1 = 0;
            double sum2 = 0;
            double sum3 = 0;
            for (int c = from; c < from + groupSize; c++) {
                sum0 += values[c];
                sum1 += values[c + groupSize];
                sum2 += values[c + 2 * groupSize];
                sum3 += values[c + 3 * groupSize];
            }
            fill(to, sum0);
            fill(to + groupSize, sum1);
            fill(to + 2 * groupSize, sum2);
            fill(to + 3 * groupSize, sum3);
        }

        private void fill(int to, double sum) {
            float mean = (float) (sum / groupSize);
            FloatVector means = FloatVector.broadcast(VectorFunctions.SPECIES, mean);
            int c = to;
            for (; c + VectorFunctions.WIDTH <= to + groupSize; c += VectorFunctions.WIDTH) {
                means.intoArray(out.values(), c);
            }
            for (; c < to + groupSize; c++) {
                out.values()[c] = mean;
            }
        }
    }
}
