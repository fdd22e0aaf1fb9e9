package org.evonorm.engine.cpu.step;

import java.util.List;
import java.util.Optional;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/**
 * The channels of several tensors [B, H, W, C] one after the other, as dense blocks join them.
 *
 * @param outputDerivative absent in evaluation
 * @param inputDerivatives by input; absent in evaluation and for the images
 */
public record ConcatenationStep(
        Slices slices,
        List<Tensor> inputs,
        Tensor output,
        Optional<Tensor> outputDerivative,
        List<Optional<Derivative>> inputDerivatives,
        TensorMath[] math)
        implements Step {

    @Override
    public void forward(int worker) {
        int channel = 0;
        for (Tensor input : inputs) {
            math[worker].copyToChannels(output, channel, input, slices, worker);
            channel += input.shape().channels();
        }
    }

    @Override
    public void backward(int worker) {
        int channel = 0;
        for (int index = 0; index < inputs.size(); index++) {
            int first = channel;
            inputDerivatives.get(index).ifPresent(derivative -> {
                derivative.begin(slices, worker, math[worker]);
                math[worker].takeChannels(
                        derivative.tensor(),
                        outputDerivative.orElseThrow(),
                        first,
                        derivative.accumulate(),
                        slices,
                        worker);
            });
            channel += inputs.get(index).shape().channels();
        }
    }
}
