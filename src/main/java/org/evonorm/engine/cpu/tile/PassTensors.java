package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.pass.TilePass;
import org.evonorm.program.Operation;

/**
 * The tensors [B, H, W, C] that the passes of a schedule read and write. Tensors that the schedule does not use may be
 * any.
 *
 * @param input            x
 * @param frozen           the input at the point whose branches are taken, for plans with frozen branches
 * @param output           the output of the layer
 * @param outputDerivative derivative of the loss with respect to the output
 * @param inputDerivative  derivative of the loss with respect to the input
 * @param accumulate       whether passes add to the contents of {@code inputDerivative}
 */
public record PassTensors(
        NativeFloats input,
        NativeFloats frozen,
        NativeFloats output,
        NativeFloats outputDerivative,
        NativeFloats inputDerivative,
        boolean accumulate) {

    /**
     * The tensor of a leaf of programs.
     *
     * @throws IllegalArgumentException if the leaf is not a tensor
     */
    NativeFloats of(Operation leaf) {
        return switch (leaf) {
            case X -> input;
            case FROZEN_X -> frozen;
            case DY -> outputDerivative;
            default -> throw new IllegalArgumentException(leaf + " is no tensor");
        };
    }

    /**
     * The tensor to which a store writes.
     *
     * @throws IllegalArgumentException if the target is a spill
     */
    NativeFloats of(TilePass.Target target) {
        return switch (target) {
            case OUTPUT -> output;
            case INPUT_DERIVATIVE -> inputDerivative;
            case SPILL -> throw new IllegalArgumentException("a spill is no tensor");
        };
    }
}
