package org.evonorm.engine;

import java.util.function.UnaryOperator;

/**
 * Products of a Hessian with a direction by central differences of a float32 gradient g:
 * {@code (g(θ + h·u) − g(θ − h·u)) / 2h}, with {@code h = 1e-6 · ‖θ‖ / ‖u‖}. The stability filter climbs along these
 * products (docs/design.md, "Filters").
 *
 * <p>The step h weighs two errors. The truncation error grows with h². In the proxy of MobileNetV2 with EvoNorm-S0,
 * central differences of float64 gradients have a cosine with the exact product of 1 − 2e-4 for steps of 1e-5 of the
 * norm of the weights, and of 0.83 for 1e-4. The rounding error grows as h falls. A weight moves by {@code h·uᵢ},
 * rounded to the spacing of floats at the weight, and gradients of well-behaved layers err by about 1e-6 of their norm,
 * while they change by {@code h·‖H·u‖ / ‖g‖}. At 1e-7 float32 costs up to 3e-4 of the cosine, at 1e-6 under 1e-4. Where
 * the norm of the gradient is near 1e8, or float32 cannot compute the gradient, the product may be wrong altogether;
 * the stability filter rejects such layers in any case.
 *
 * <p>These figures hold for a smooth gradient alone. A kink between the two points adds a jump of the gradient divided
 * by 2h. In the proxies of MobileNetV2 and ResNet-50, the cosine for BN-ReLU and EvoNorm-B0 is then under 0.91 at every
 * step from 1e-7 to 1e-2. Hence gradients with frozen branches.
 */
public final class CentralDifference {

    /** Distance of each of the two points from the parameters, as a share of the norm of the parameters. */
    private static final double RELATIVE_STEP = 1e-6;

    private CentralDifference() {}

    /**
     * The product of the derivative of {@code gradient} at {@code parameters} with {@code direction}; zero for a zero
     * direction.
     *
     * @param direction one value per parameter
     * @param gradient  computes the gradient at the given parameters, in a new array
     */
    public static float[] hessianProduct(float[] parameters, float[] direction, UnaryOperator<float[]> gradient) {
        double length = norm(direction);
        if (length == 0) {
            return new float[parameters.length];
        }
        double scale = norm(parameters);
        double step = RELATIVE_STEP * (scale > 0 ? scale : 1) / length;
        float[] ahead = gradient.apply(moved(parameters, direction, step));
        float[] behind = gradient.apply(moved(parameters, direction, -step));
        float[] product = new float[parameters.length];
        for (int i = 0; i < product.length; i++) {
            product[i] = (float) (((double) ahead[i] - behind[i]) / (2 * step));
        }
        return product;
    }

    /** {@code parameters + distance · direction} */
    public static float[] moved(float[] parameters, float[] direction, double distance) {
        float[] moved = new float[parameters.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (float) (parameters[i] + distance * direction[i]);
        }
        return moved;
    }

    /** Euclidean norm, summed in float64; infinite or NaN if a value is. */
    public static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
