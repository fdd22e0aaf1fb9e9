package org.evonorm.engine.cpu;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Native memory that models of this process have given back, for the next ones: candidates are trained in the same networks
 * one after another, and the system takes up to a second to make the pages of a model's tensors anew.
 *
 * <p>A process never holds much more than its models needed at once: where no block of the wanted size is left, older ones
 * of other sizes are freed before one is allocated.
 */
final class NativeBlocks {

    /** Those that were given back first are at the front. */
    private static final Deque<FloatPointer> FREE = new ArrayDeque<>();

    private NativeBlocks() {}

    /** A block of so many floats with any contents. */
    static synchronized FloatPointer take(long floats) {
        for (Iterator<FloatPointer> free = FREE.descendingIterator(); free.hasNext();) {
            FloatPointer block = free.next();
            if (block.capacity() == floats) {
                free.remove();
                return block;
            }
        }
        long freed = 0;
        while (freed < floats && !FREE.isEmpty()) {
            FloatPointer oldest = FREE.removeFirst();
            freed += oldest.capacity();
            oldest.deallocate();
        }
        return new FloatPointer(floats);
    }

    /** Takes back a block that nobody uses any more. */
    static synchronized void giveBack(FloatPointer block) {
        FREE.addLast(block);
    }
}
