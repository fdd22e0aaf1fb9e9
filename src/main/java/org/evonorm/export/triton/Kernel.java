package org.evonorm.export.triton;

import java.util.List;
import java.util.OptionalInt;
import org.evonorm.program.Extent;
import org.evonorm.program.Instruction;
import org.evonorm.program.Operation;

/**
 * A kernel: loops over one dimension of the maps [N, C, P] or of small values, one after another. A loop may use the
 * means of those before it. The lists hold indices of instructions.
 *
 * @param over    what a program of the kernel loops over
 * @param loops   loops in order; without any, the kernel only stores values that need none
 * @param loads   reductions of earlier kernels that this one reads
 * @param stores  small values that this kernel stores: those of its reductions that other code needs, and others
 */
record Kernel(Over over, List<Loop> loops, List<Integer> loads, List<Integer> stores) {

    /** The dimensions that the programs of a kernel loop over. */
    enum Over {
        /** The channels of a group: [N, C] or [C] to means per group, repeated at each channel. */
        GROUP,
        /** All channels, as one group. */
        CHANNELS,
        /** The samples: [N, C] to [C]. */
        BATCH,
        /** The positions of a map: [N, C, P] to [N, C], or to a map. */
        POSITIONS;

        static Over of(Instruction reduction) {
            return switch (reduction.operation()) {
                case MEAN_WH, VARIANCE_WH -> POSITIONS;
                case MEAN_B -> BATCH;
                case MEAN_C -> CHANNELS;
                case MEAN_G -> GROUP;
                default -> throw new IllegalArgumentException(reduction.operation() + " is no reduction");
            };
        }

        /** Whether the kernel loops over channels. */
        boolean isOfChannels() {
            return this == GROUP || this == CHANNELS;
        }

        /** Whether a value of this extent varies in the loop. */
        boolean isInner(Extent extent) {
            return switch (this) {
                case POSITIONS -> extent == Extent.TENSOR;
                case BATCH -> extent == Extent.SAMPLE_CHANNEL;
                case GROUP, CHANNELS -> extent != Extent.CONSTANT;
            };
        }
    }

    /**
     * One loop.
     *
     * @param reductions the means and variances that it takes
     * @param map        the map that it stores, y or dx
     */
    record Loop(List<Integer> reductions, OptionalInt map) {}

    /** Whether an instruction is a reduction, which a kernel computes in a loop. */
    static boolean isReduction(Instruction instruction) {
        Operation.Kind kind = instruction.operation().kind();
        return kind == Operation.Kind.REDUCTION || kind == Operation.Kind.SMALL;
    }

    /** The reductions of all loops. */
    List<Integer> reductions() {
        return loops.stream().flatMap(loop -> loop.reductions().stream()).toList();
    }

    /** Whether the kernel stores a map. */
    boolean storesMap() {
        return loops.stream().anyMatch(loop -> loop.map().isPresent());
    }
}
