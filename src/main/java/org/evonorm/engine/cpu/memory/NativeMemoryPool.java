package org.evonorm.engine.cpu.memory;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Native memory that models of this process have given back, for the next ones: candidates are trained in the same networks
 * one after another, and the system takes up to a second to make the pages of a model's tensors anew.
 *
 * <p>A process never holds much more than its models needed at once: where no block of the wanted size is left and what it
 * holds grows beyond that, those that nobody has wanted for longest are freed. A candidate's small blocks have sizes of their
 * own, for which none of the large ones, that the next candidate wants again, should go.
 */
final class NativeMemoryPool {

    /** What a process holds beyond what its models needed at once, as one part in so many of that. */
    private static final int SPARE = 8;

    /** Those that were given back first are at the front. */
    private static final Deque<FloatPointer> FREE = new ArrayDeque<>();
    /** Floats of all blocks, of those that models have, and the most that they ever had. */
    private static long frozen;

    private static long used;
    private static long mostUsed;

    private NativeMemoryPool() {}

    /** A block of so many floats with any contents. */
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
        while (frozen + floats > mostUsed + mostUsed / SPARE && !FREE.isEmpty()) {
            FloatPointer oldest = FREE.removeFirst();
            frozen -= oldest.capacity();
            oldest.deallocate();
        }
        frozen += floats;
        return new FloatPointer(floats);
    }

    /** Takes back a block that nobody uses any more. */
    static synchronized void giveBack(FloatPointer block) {
        used -= block.capacity();
        FREE.addLast(block);
    }
}
