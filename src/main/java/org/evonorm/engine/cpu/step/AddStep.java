package org.evonorm.engine.cpu.step;

import java.util.List;
import java.util.Optional;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/**
 * The sum of two tensors. Where an input has no other share of its derivative yet, it takes over the output's derivative
 * as it lies; {@code shared} are the inputs to which it must be added.
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
