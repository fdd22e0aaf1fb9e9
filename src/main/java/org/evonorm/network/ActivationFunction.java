package org.evonorm.network;

/** An elementwise activation function that is a part of a network, not of a place, so that candidates leave it alone. */
public enum ActivationFunction {
    /** max(x, 0), with derivative 0 at 0 */
    RELU,
    /** min(max(x, 0), 6), with derivative 0 at 0 and 6 */
    RELU6,
    /** 1 / (1 + exp(−x)) */
    SIGMOID,
    /** x · sigmoid(x), also known as SiLU */
    SWISH,
    /** min(max(x + 3, 0), 6) / 6 */
    HARD_SIGMOID,
    /** x · min(max(x + 3, 0), 6) / 6 */
    HARD_SWISH,
    /** x · (1 + erf(x / sqrt(2))) / 2 */
    GELU,
    /** x · (1 + tanh(sqrt(2 / π) · (x + 0.044715 x³))) / 2 */
    TANH_GELU,
    /** tanh x */
    TANH
}
