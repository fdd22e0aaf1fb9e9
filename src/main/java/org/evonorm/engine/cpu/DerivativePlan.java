package org.evonorm.engine.cpu;

import java.util.Optional;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.memory.TensorPool;
import org.evonorm.engine.cpu.step.Derivative;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;

/**
 * The tensors of the derivatives of all outputs, assigned while a plan is made from the last operator to the first. A
 * derivative with respect to an output is the sum of one term per reader of the output. Its tensor is acquired when the
 * first term is written and released after the backward step of its operator, so that a training needs few of them at a
 * time.
 */
final class DerivativePlan {

    private final TensorPool pool;
    private final Tensor[] derivatives;

    DerivativePlan(TensorPool pool, int operators) {
        this.pool = pool;
        this.derivatives = new Tensor[operators];
    }

    /**
     * The derivative with respect to an operator's output; absent in evaluation, and if no operator reads the output.
     */
    Optional<Tensor> of(int operator) {
        return Optional.ofNullable(derivatives[operator]);
    }

    /** Acquires the derivative with respect to the output of the network, which the loss writes. */
    Tensor start(int operator, Shape shape) {
        derivatives[operator] = pool.acquire(shape);
        return derivatives[operator];
    }

    /**
     * The destination of a step's term of the derivative with respect to one of its inputs; absent for the images.
     *
     * @param overwrites whether the step cannot add to the contents of a tensor
     */
    Optional<Derivative> target(int input, Shape shape, boolean overwrites) {
        if (input == Operator.IMAGES) {
            return Optional.empty();
        }
        if (derivatives[input] == null) {
            derivatives[input] = pool.acquire(shape);
            return Optional.of(new Derivative(derivatives[input], false, Optional.empty(), Optional.empty()));
        }
        Optional<Tensor> original = unshare(input);
        Optional<Tensor> term = Optional.empty();
        if (overwrites) {
            // The memory of the term is needed during this step alone.
            term = Optional.of(pool.acquire(shape));
            pool.release(term.get());
        }
        return Optional.of(new Derivative(derivatives[input], true, term, original));
    }

    /**
     * Passes the derivative with respect to an operator's output on to one of its inputs unchanged. If it is the first
     * term, the input takes over the memory.
     *
     * @param shape the shape of the input, which has as many values as the output
     * @return the destination to which a step must add the derivative, if the input has terms already
     */
    Optional<Derivative> passOn(int operator, int input, Shape shape) {
        if (input == Operator.IMAGES) {
            return Optional.empty();
        }
        if (derivatives[input] == null) {
            derivatives[input] = new Tensor(derivatives[operator].floats(), shape);
            pool.retain(derivatives[input]);
            return Optional.empty();
        }
        Optional<Tensor> original = unshare(input);
        return Optional.of(new Derivative(derivatives[input], true, Optional.empty(), original));
    }

    /**
     * Gives a derivative memory of its own before a term is added, if other derivatives share its memory.
     *
     * @return the shared memory, which is to be copied; absent if the memory is not shared
     */
    private Optional<Tensor> unshare(int input) {
        Tensor shared = derivatives[input];
        if (pool.references(shared) == 1) {
            return Optional.empty();
        }
        derivatives[input] = pool.acquire(shared.shape());
        pool.release(shared);
        return Optional.of(shared);
    }

    /** Releases the derivative with respect to an operator's output, after the operator's backward step is planned. */
    void release(int operator) {
        if (derivatives[operator] != null) {
            pool.release(derivatives[operator]);
        }
    }
}
