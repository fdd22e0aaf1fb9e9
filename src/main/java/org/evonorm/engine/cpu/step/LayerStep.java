package org.evonorm.engine.cpu.step;

import java.util.Optional;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.tile.PassTensors;
import org.evonorm.engine.cpu.tile.TileLayer;

/** The step of a layer at its place, computed by the tile machine. */
public final class LayerStep implements Step {

    private final TileLayer tiles;
    private final Slices slices;
    private final PassTensors tensors;
    private final Optional<Derivative> inputDerivative;
    private final TensorMath[] math;

    /**
     * The step of one place.
     *
     * @param frozen           the input at the point whose branches are taken, for plans with frozen branches; else any
     *                         tensor
     * @param outputDerivative absent in evaluation
     * @param inputDerivative  absent in evaluation and where the input is the images
     */
    public LayerStep(
            TileLayer tiles,
            Slices slices,
            Tensor input,
            Tensor frozen,
            Tensor output,
            Optional<Tensor> outputDerivative,
            Optional<Derivative> inputDerivative,
            TensorMath[] math) {
        this.tiles = tiles;
        this.slices = slices;
        this.inputDerivative = inputDerivative;
        this.math = math;
        NativeFloats derivative =
                inputDerivative.map(target -> target.tensor().floats()).orElse(input.floats());
        this.tensors = new PassTensors(
                input.floats(),
                frozen.floats(),
                output.floats(),
                outputDerivative.map(Tensor::floats).orElse(output.floats()),
                derivative,
                inputDerivative.map(Derivative::accumulate).orElse(false));
    }

    /** The tile machines of the place, with the layer's parameters, batch statistics and gradients. */
    public TileLayer tiles() {
        return tiles;
    }

    @Override
    public void forward(int worker) {
        tiles.forward(worker, tensors);
    }

    @Override
    public void backward(int worker) {
        Derivative derivative = inputDerivative.orElseThrow();
        derivative.begin(slices, worker, math[worker]);
        if (!tiles.hasInputDerivative() && !derivative.accumulate()) {
            math[worker].clear(derivative.tensor(), slices, worker);
        }
        tiles.backward(worker, tensors);
    }
}
