package org.evonorm.engine.cpu;

import java.util.Optional;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.memory.TensorPool;
import org.evonorm.engine.cpu.step.Derivative;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;

/**
 * Where the derivatives of all operators' outputs lie while a plan is made from the last operator to the first: a tensor
 * is taken when the first share of a derivative is written, and given back when its operator has used it.
 */
final class DerivativePlan {

    private final TensorPool pool;
    private final Tensor[] derivatives;

    DerivativePlan(TensorPool pool, int operators) {
        this.pool = pool;
        this.derivatives = new Tensor[operators];
    }

    /** The derivative of an operator's output; operators that nothing reads have none. */
    Optional<Tensor> of(int operator) {
        return Optional.ofNullable(derivatives[operator]);
    }

    /** Where the derivative of the network's output is written. */
    Tensor start(int operator, Shape shape) {
        derivatives[operator] = pool.acquire(shape);
        return derivatives[operator];
    }

    /**
     * Where a step writes its share of an input's derivative; absent for the images.
     *
     * @param overwrites whether the step cannot add to what is there
     */
    Optional<Derivative> target(int input, Shape shape, boolean overwrites) {
        if (input == Operator.IMAGES) {
            return Optional.empty();
        }
        if (derivatives[input] == null) {
            derivatives[input] = pool.acquire(shape);
            return Optional.of(new Derivative(derivatives[input], false, Optional.empty(), Optional.empty()));
        }
        Optional<Tensor> original = ownCopy(input);
        Optional<Tensor> share = Optional.empty();
        if (overwrites) {
            // Needed during this step alone.
            share = Optional.of(pool.acquire(shape));
            pool.release(share.get());
        }
        return Optional.of(new Derivative(derivatives[input], true, share, original));
    }

    /**
     * Passes an operator's derivative on to an input as it is.
     *
     * @return where it must be added, if the input has a derivative already
     */
    Optional<Derivative> passOn(int operator, int input) {
        if (input == Operator.IMAGES) {
            return Optional.empty();
        }
        if (derivatives[input] == null) {
            derivatives[input] = derivatives[operator];
            pool.retain(derivatives[input]);
            return Optional.empty();
        }
        Optional<Tensor> original = ownCopy(input);
        return Optional.of(new Derivative(derivatives[input], true, Optional.empty(), original));
    }

    /** Before shares are added to memory that others still read, the derivative moves to memory of its own. */
    private Optional<Tensor> ownCopy(int input) {
        Tensor shared = derivatives[input];
        if (pool.references(shared) == 1) {
            return Optional.empty();
        }
        derivatives[input] = pool.acquire(shared.shape());
        pool.release(shared);
        return Optional.of(shared);
    }

    /** Called when the operator's backward step is planned: nobody reads its output's derivative afterwards. */
    void release(int operator) {
        if (derivatives[operator] != null) {
            pool.release(derivatives[operator]);
        }
    }
}
