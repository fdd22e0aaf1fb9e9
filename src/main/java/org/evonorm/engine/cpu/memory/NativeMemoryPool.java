package org.evonorm.engine.cpu.memory;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.bytedeco.javacpp.FloatPointer;

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
    private static final Deque<FloatPointer> FREE = new ArrayDeque<>();
    /** Floats of all blocks, used and free. */
    private static long allocated;
    /** Floats of the blocks that models use now. */
    private static long used;
    /** The largest value that {@link #used} ever had. */
    private static long mostUsed;

    private NativeMemoryPool() {}

    /** A block of {@code floats} floats with undefined contents. */
    static synchronized FloatPointer take(long floats) {
        used += floats;
        mostUsed = Math.max(mostUsed, used);
        for (Iterator<FloatPointer> free = FREE.descendingIterator(); free.hasNext(); ) {
            FloatPointer block = free.next();
            if (block.capacity() == floats) {
                free.remove();
                return block;
            }
        }
        while (allocated + floats > mostUsed + mostUsed / MARGIN && !FREE.isEmpty()) {
            FloatPointer oldest = FREE.removeFirst();
            allocated -= oldest.capacity();
            oldest.deallocate();
        }
        allocated += floats;
        return new FloatPointer(floats);
    }

    /** Returns a block from {@link #take}, which the caller must not use any more. */
    static synchronized void giveBack(FloatPointer block) {
        used -= block.capacity();
        FREE.addLast(block);
    }
}
