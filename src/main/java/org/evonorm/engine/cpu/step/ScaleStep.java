package org.evonorm.engine.cpu.step;

import java.util.Optional;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.tile.AreaMath;

/**
 * The product of a tensor [B, H, W, C] with a gate [B, C], as in squeeze-and-excitation.
 *
 * @param outputDerivative absent in evaluation
 * @param inputDerivative  absent in evaluation
 * @param gateDerivative   absent in evaluation
 * @param math             by worker
 * @param area             by worker
 */
public record ScaleStep(
        Slices slices,
        Tensor input,
        Tensor gate,
        Tensor output,
        Optional<Tensor> outputDerivative,
        Optional<Derivative> inputDerivative,
        Optional<Derivative> gateDerivative,
        TensorMath[] math,
        AreaMath[] area)
        implements Step {

    @Override
    public void forward(int worker) {
        area[worker].scale(output, input, gate, false);
    }

    @Override
    public void backward(int worker) {
        Tensor derivative = outputDerivative.orElseThrow();
        Derivative ofInput = inputDerivative.orElseThrow();
        Derivative ofGate = gateDerivative.orElseThrow();
        ofInput.begin(slices, worker, math[worker]);
        area[worker].scale(ofInput.tensor(), derivative, gate, ofInput.accumulate());
        ofGate.begin(slices, worker, math[worker]);
        area[worker].sumOfProducts(ofGate.tensor(), derivative, input, ofGate.accumulate());
    }
}
