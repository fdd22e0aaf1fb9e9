package org.evonorm.engine.cpu;

import java.util.Optional;

/** A layer at its place, by the tile machine. */
final class LayerStep implements Step {

    private final TileLayer tiles;
    private final Slices slices;
    private final TileMachine.Tensors tensors;
    private final Optional<Derivative> inputDerivative;
    private final TensorMath[] math;

    /**
     * @param held the input that decides the sides of kinks; any tensor where the plan does not hold them
     */
    LayerStep(TileLayer tiles, Slices slices, Tensor input, Tensor held, Tensor output,
              Optional<Tensor> outputDerivative, Optional<Derivative> inputDerivative, TensorMath[] math) {
        this.tiles = tiles;
        this.slices = slices;
        this.inputDerivative = inputDerivative;
        this.math = math;
        Floats derivative = inputDerivative.map(target -> target.tensor().floats()).orElse(input.floats());
        this.tensors = new TileMachine.Tensors(input.floats(), held.floats(), output.floats(),
                outputDerivative.map(Tensor::floats).orElse(output.floats()), derivative,
                inputDerivative.map(Derivative::accumulate).orElse(false));
    }

    /** The layer's parameters, statistics and gradients. */
    TileLayer tiles() {
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
