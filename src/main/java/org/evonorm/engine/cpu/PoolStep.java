package org.evonorm.engine.cpu;

import java.util.Optional;

/** The mean over height and width. */
record PoolStep(Slices slices, Tensor input, Tensor output, Optional<Tensor> outputDerivative,
                Optional<Derivative> inputDerivative, TensorMath[] math) implements Step {

    @Override
    public void forward(int worker) {
        math[worker].meanOverArea(output, input, slices, worker);
    }

    @Override
    public void backward(int worker) {
        Derivative derivative = inputDerivative.orElseThrow();
        derivative.begin(slices, worker, math[worker]);
        math[worker].spreadOverArea(derivative.tensor(), outputDerivative.orElseThrow(), 1f / input.shape().area(),
                derivative.accumulate(), slices, worker);
    }
}
