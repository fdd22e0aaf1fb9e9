package org.evonorm.engine.cpu.step;

import java.util.Optional;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/**
 * Where a step leaves the derivative of one of its inputs.
 *
 * @param tensor     the derivative
 * @param accumulate whether later operators have left a share there already, to which this one is added
 * @param share      room for this step's share before it is added, for steps that can only overwrite
 * @param original   where the shares so far lie if others still need that memory unchanged; they are copied first
 */
public record Derivative(Tensor tensor, boolean accumulate, Optional<Tensor> share, Optional<Tensor> original) {

    /** The tensor that a step writes which can only overwrite. */
    Tensor overwritten() {
        return share.orElse(tensor);
    }

    /** Called before the step writes. */
    void begin(Slices slices, int worker, TensorMath math) {
        original.ifPresent(shares -> math.copy(tensor, shares, slices, worker));
    }

    /** Called after a step that can only overwrite. */
    void end(Slices slices, int worker, TensorMath math) {
        share.ifPresent(own -> math.add(tensor, tensor, own, slices, worker));
    }
}
