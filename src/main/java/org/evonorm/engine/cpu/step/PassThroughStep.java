package org.evonorm.engine.cpu.step;

import java.util.List;
import java.util.Optional;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/** An identity layer: its output is its input's memory, and so are the derivatives unless others have a share. */
public record PassThroughStep(
        Slices slices, Optional<Tensor> outputDerivative, List<Derivative> shared, TensorMath[] math) implements Step {

    @Override
    public void forward(int worker) {
        // The output lies where the input does.
    }

    @Override
    public void backward(int worker) {
        for (Derivative derivative : shared) {
            derivative.begin(slices, worker, math[worker]);
            math[worker].add(derivative.tensor(), derivative.tensor(), outputDerivative.orElseThrow(), slices, worker);
        }
    }
}
