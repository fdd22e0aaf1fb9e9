package org.evonorm.engine.cpu.step;

import java.nio.FloatBuffer;
import org.evonorm.engine.cpu.memory.NativeFloats;

/**
 * The derivative of the softmax of every row of a matrix: of probabilities p with the derivative d, p · (d − Σ p·d) per
 * row. oneDNN 3.11 has it for AVX-512 alone; its general code takes three times as long as the softmax. An object serves
 * one worker.
 */
final class SoftmaxDerivative {

    private static final int CHUNK = 4096;

    private final int rows;
    private final int columns;
    private final int chunk;
    private final float[] probabilities;
    private final float[] derivatives;

    /** Of a matrix [rows, columns], which one buffer holds. */
    SoftmaxDerivative(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
        this.chunk = Math.min(rows, Math.max(1, CHUNK / columns));
        this.probabilities = new float[chunk * columns];
        this.derivatives = new float[chunk * columns];
    }

    /** Overwrites the first rows of {@code derivative}, that of the probabilities, with that of the scores. */
    void overwrite(NativeFloats derivative, NativeFloats probability) {
        FloatBuffer p = probability.buffer();
        FloatBuffer d = derivative.buffer();
        for (int row = 0; row < rows; row += chunk) {
            int at = row * columns;
            int count = Math.min(chunk, rows - row) * columns;
            p.get(at, probabilities, 0, count);
            d.get(at, derivatives, 0, count);
            for (int from = 0; from < count; from += columns) {
                overwriteRow(from);
            }
            d.put(at, derivatives, 0, count);
        }
    }

    private void overwriteRow(int from) {
        double sum = 0;
        for (int i = from; i < from + columns; i++) {
            sum += (double) probabilities[i] * derivatives[i];
        }
        float mean = (float) sum;
        for (int i = from; i < from + columns; i++) {
            derivatives[i] = probabilities[i] * (derivatives[i] - mean);
        }
    }
}
