package org.evonorm.engine.cpu.onednn;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A 1×1 convolution of stride 1 without groups, as matrix products: activations are [pixels, channels], weights
 * [outputs, inputs]. On AVX2, oneDNN's matrix product is faster than its 1×1 convolutions (80 to 100 GFLOP/s on most
 * shapes of the proxies, against 50 to 75), and takes the weights in the plain format.
 *
 * @param pixels  number of pixels of one worker's samples
 * @param inputs  number of input channels
 * @param outputs number of output channels
 */
public record PointwiseProduct(long pixels, long inputs, long outputs) {

    private static final byte PLAIN = 'N';
    private static final byte TRANSPOSED = 'T';

    /** The product of a convolution over {@code samples} samples. */
    public static PointwiseProduct of(ConvolutionShape shape, int samples) {
        return new PointwiseProduct(
                (long) samples * shape.input().height() * shape.input().width(),
                shape.input().channels(),
                shape.output().channels());
    }

    /**
     * Whether this class computes a convolution, and faster than oneDNN.
     *
     * @param implementation name of oneDNN's implementation
     */
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

    /**
     * {@code c = op(a) · op(b)}, in row-major order.
     *
     * @param rows     rows of c
     * @param columns  columns of c
     * @param inner    columns of op(a) and rows of op(b)
     * @param leadingA floats between two rows of a in memory
     */
    private static void multiply(
            byte transposeA,
            byte transposeB,
            long rows,
            long columns,
            long inner,
            FloatPointer a,
            long leadingA,
            FloatPointer b,
            long leadingB,
            FloatPointer c,
            long leadingC) {
        OneDnn.check(
                dnnl.dnnl_sgemm(
                        transposeA, transposeB, rows, columns, inner, 1f, a, leadingA, b, leadingB, 0f, c, leadingC),
                "multiplying matrices");
    }
}
