package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.pass.TilePass;
import org.evonorm.program.Operation;

/** The tensors that passes read and write; those that a schedule does not touch may be any. */
public record PassTensors(
        NativeFloats input,
        NativeFloats frozen,
        NativeFloats output,
        NativeFloats outputDerivative,
        NativeFloats inputDerivative,
        boolean accumulate) {

    /** The tensor that a leaf of programs reads. */
    NativeFloats of(Operation leaf) {
        return switch (leaf) {
            case X -> input;
            case FROZEN_X -> frozen;
            case DY -> outputDerivative;
            default -> throw new IllegalArgumentException(leaf + " is no tensor");
        };
    }

    /** The tensor that passes write. */
    NativeFloats of(TilePass.Target target) {
        return switch (target) {
            case OUTPUT -> output;
            case INPUT_DERIVATIVE -> inputDerivative;
            case SPILL -> throw new IllegalArgumentException("a spill is no tensor");
        };
    }
}
