package org.evonorm.engine.cpu.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The native memory pool: native memory of closed models, kept for the next models of this process. Candidates are
 * trained in the same networks one after another, and the system takes up to a second to make the pages of a model's
 * tensors anew.
 *
 * <p>The pool keeps little more memory than the models of the process used at the same time. Where it has no free block
 * of the wanted size, and a new block would exceed that bound, it first frees the blocks that have been free for
 * longest. The bound has a margin: small blocks of a candidate have sizes of their own, and must not displace the large
 * blocks, which the next candidate needs again.
 */
final class NativeMemoryPool {

    /** The margin of the bound is one part in this number of the largest use. */
    private static final int MARGIN = 8;

    /** Free blocks; the block that was returned first is at the front. */
    private static final Deque<NativeBlock> FREE = new ArrayDeque<>();
    /** The slabs that several blocks share. */
    private static final List<Slab> SHARED = new ArrayList<>();
    /** Floats of all blocks, used and free. */
    private static long allocated;
    /** Floats of the blocks that models use now. */
    private static long used;
    /** The largest value that {@link #used} ever had. */
    private static long mostUsed;

    private NativeMemoryPool() {}

    /** A block of {@code floats} floats with undefined contents. */
    static synchronized NativeBlock take(long floats) {
        used += floats;
        mostUsed = Math.max(mostUsed, used);
        for (Iterator<NativeBlock> free = FREE.descendingIterator(); free.hasNext(); ) {
            NativeBlock block = free.next();
            if (block.size() == floats) {
                free.remove();
                return block;
            }
        }
        while (allocated + floats > mostUsed + mostUsed / MARGIN && !FREE.isEmpty()) {
            NativeBlock oldest = FREE.removeFirst();
            allocated -= oldest.size();
            oldest.free().run();
        }
        allocated += floats;
        return floats < Slab.SMALLEST_BLOCK ? NativeBlock.alone(floats) : cut(floats);
    }

    private static NativeBlock cut(long floats) {
        if (!Slab.mayShare(floats)) {
            return new Slab(floats).cut(floats);
        }
        SHARED.removeIf(Slab::isFreed);
        for (Slab slab : SHARED) {
            if (slab.hasRoom(floats)) {
                return slab.cut(floats);
            }
        }
        Slab added = new Slab(floats);
        SHARED.add(added);
        return added.cut(floats);
    }

    /** Returns a block from {@link #take}, which the caller must not use any more. */
    static synchronized void giveBack(NativeBlock block) {
        used -= block.size();
        FREE.addLast(block);
    }
}
