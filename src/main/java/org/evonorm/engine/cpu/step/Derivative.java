package org.evonorm.engine.cpu.step;

import java.util.Optional;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/**
 * The destination of the derivative with respect to one input of a step. Where several operators read the input, the
 * derivative is the sum of their terms, and each of their steps adds one term.
 *
 * @param tensor     the derivative [B, H, W, C]
 * @param accumulate whether the tensor has terms of later operators already, to which this step adds its term
 * @param term       memory for the term of this step, for steps that cannot add but overwrite
 * @param original   the terms of later operators, in memory that other steps still read; {@link #begin} copies them to
 *                   {@code tensor} first
 */
public record Derivative(Tensor tensor, boolean accumulate, Optional<Tensor> term, Optional<Tensor> original) {

    /** The tensor to which a step writes that cannot add but overwrites. */
    Tensor overwriteTarget() {
        return term.orElse(tensor);
    }

    /** Prepares the tensor. Every step calls it before it writes. */
    void begin(Slices slices, int worker, TensorMath math) {
        original.ifPresent(terms -> math.copy(tensor, terms, slices, worker));
    }

    /** Adds the term of a step that overwrites. Such steps call it after they have written. */
    void end(Slices slices, int worker, TensorMath math) {
        term.ifPresent(own -> math.add(tensor, tensor, own, slices, worker));
    }
}
