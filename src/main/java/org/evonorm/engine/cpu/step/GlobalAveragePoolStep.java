package org.evonorm.engine.cpu.step;

import java.util.Optional;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.tile.AreaMath;

/**
 * Global average pooling: the mean over height and width, from [B, H, W, C] to [B, C].
 *
 * @param outputDerivative absent in evaluation
 * @param inputDerivative  absent in evaluation
 * @param math             by worker
 * @param area             by worker
 */
public record GlobalAveragePoolStep(
        Slices slices,
        Tensor input,
        Tensor output,
        Optional<Tensor> outputDerivative,
        Optional<Derivative> inputDerivative,
        TensorMath[] math,
        AreaMath[] area)
        implements Step {

    @Override
    public void forward(int worker) {
        area[worker].mean(output, input);
    }

    @Override
    public void backward(int worker) {
        Derivative derivative = inputDerivative.orElseThrow();
        derivative.begin(slices, worker, math[worker]);
        area[worker].spread(derivative.tensor(), outputDerivative.orElseThrow(), derivative.accumulate());
    }
}
