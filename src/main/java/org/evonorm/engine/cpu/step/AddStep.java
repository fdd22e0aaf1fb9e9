package org.evonorm.engine.cpu.step;

import java.util.List;
import java.util.Optional;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/**
 * The sum of two tensors [B, H, W, C]. Where the derivative of an input has no terms of later operators, it takes over
 * the memory of the output's derivative, and the backward pass has nothing to do for that input.
 *
 * @param outputDerivative absent in evaluation
 * @param shared           the derivatives of inputs that have a derivative already, to which the output's is added
 */
public record AddStep(
        Slices slices,
        Tensor left,
        Tensor right,
        Tensor output,
        Optional<Tensor> outputDerivative,
        List<Derivative> shared,
        TensorMath[] math)
        implements Step {

    @Override
    public void forward(int worker) {
        math[worker].add(output, left, right, slices, worker);
    }

    @Override
    public void backward(int worker) {
        for (Derivative derivative : shared) {
            derivative.begin(slices, worker, math[worker]);
            math[worker].add(derivative.tensor(), derivative.tensor(), outputDerivative.orElseThrow(), slices, worker);
        }
    }
}
