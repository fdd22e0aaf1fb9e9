package org.evonorm.engine.cpu.onednn;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A dense 1×1 convolution of stride 1 as products of matrices: activations have a row a pixel and a column a channel, weights
 * [outputs, inputs]. On AVX2, oneDNN's general product is faster than its 1×1 convolutions (on most of the proxies' shapes 80
 * to 100 GFLOP/s, where those have 50 to 75), and takes the weights as they are.
 *
 * @param pixels  of one worker's samples
 * @param inputs  channels
 * @param outputs channels
 */
public record PointwiseProduct(long pixels, long inputs, long outputs) {

    private static final byte PLAIN = 'N';
    private static final byte TRANSPOSED = 'T';

    public static PointwiseProduct of(ConvolutionShape shape, int samples) {
        return new PointwiseProduct(
                (long) samples * shape.input().height() * shape.input().width(),
                shape.input().channels(),
                shape.output().channels());
    }

    /** Whether it does better than oneDNN's implementation of this name. */
    public static boolean isBetter(ConvolutionShape shape, String implementation) {
        boolean pointwise = shape.kernel() == 1 && shape.stride() == 1 && shape.groups() == 1 && !shape.hasBias();
        return pointwise && implementation.endsWith("1x1:avx2");
    }

    /** {@code y = x · weightsᵀ} */
    public void forward(FloatPointer x, FloatPointer weights, FloatPointer y) {
        multiply(PLAIN, TRANSPOSED, pixels, outputs, inputs, x, inputs, weights, inputs, y, outputs);
    }

    /** {@code dx = dy · weights} */
    public void dataGradient(FloatPointer dy, FloatPointer weights, FloatPointer dx) {
        multiply(PLAIN, PLAIN, pixels, inputs, outputs, dy, outputs, weights, inputs, dx, inputs);
    }

    /** {@code gradient = dyᵀ · x}, overwritten */
    public void weightGradient(FloatPointer x, FloatPointer dy, FloatPointer gradient) {
        multiply(TRANSPOSED, PLAIN, outputs, inputs, pixels, dy, outputs, x, inputs, gradient, inputs);
    }

    /** {@code c = a · b}, [rows, columns], over {@code inner} terms each; widths are those of the matrices in memory. */
    private static void multiply(
            byte formOfA,
            byte formOfB,
            long rows,
            long columns,
            long inner,
            FloatPointer a,
            long widthOfA,
            FloatPointer b,
            long widthOfB,
            FloatPointer c,
            long widthOfC) {
        OneDnn.check(
                dnnl.dnnl_sgemm(formOfA, formOfB, rows, columns, inner, 1f, a, widthOfA, b, widthOfB, 0f, c, widthOfC),
                "multiplying matrices");
    }
}
