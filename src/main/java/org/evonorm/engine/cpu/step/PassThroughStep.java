package org.evonorm.engine.cpu.step;

import java.util.List;
import java.util.Optional;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/**
 * The step of an operator whose output has the memory of another operator's output: an identity layer, or a sum that a
 * convolution computes. Its forward pass does nothing.
 *
 * @param outputDerivative absent in evaluation
 * @param shared           the derivatives of inputs that have a derivative already, to which the output's is added
 */
public record PassThroughStep(
        Slices slices, Optional<Tensor> outputDerivative, List<Derivative> shared, TensorMath[] math) implements Step {

    @Override
    public void forward(int worker) {
        // The output is already in its memory.
    }

    @Override
    public void backward(int worker) {
        for (Derivative derivative : shared) {
            derivative.begin(slices, worker, math[worker]);
            math[worker].add(derivative.tensor(), derivative.tensor(), outputDerivative.orElseThrow(), slices, worker);
        }
    }
}
