package org.evonorm.engine.cpu.memory;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.evonorm.engine.llvm.LoopCompiler;
import org.evonorm.engine.llvm.LoopSource;

/**
 * A large piece of native memory that blocks are cut from, in pages of 2 MiB where Linux gives them to those that ask.
 * A step reads tensors of tens of megabytes, more than the processor knows pages of 4 KiB of, and the first step of a
 * model makes all of them. The ranges of freed blocks are cut again, and the memory is freed with the last block.
 */
final class Slab {

    /** Smallest block that is cut from a slab, in floats; smaller ones would keep slabs from being freed. */
    static final long SMALLEST_BLOCK = 1 << 16;

    /**
     * Floats of 4 KiB and the part of them by which the distance of blocks falls short of a multiple. A loop that reads
     * one tensor and writes the next one must not read just behind what it has written, modulo 4 KiB: loads would wait
     * for these stores (4K aliasing).
     */
    private static final long ALIGNMENT = 1024;

    private static final long STAGGER = 80;

    private static final long PAGE_BYTES = 1 << 21;
    /** Room of a slab for several blocks. */
    private static final long SHARED_FLOATS = (16 << 20) / Float.BYTES;
    /** Largest block that shares a slab with others. */
    private static final long LARGEST_SHARED = (4 << 20) / Float.BYTES;

    private static final boolean LINUX = System.getProperty("os.name").equals("Linux") && LoopCompiler.isAvailable();

    private final FloatPointer allocated;
    /** The first float on a page of 2 MiB. */
    private final FloatPointer floats;

    private final long size;
    /** Free ranges: their numbers of floats by their first float. Neighbouring ones are joined. */
    private final NavigableMap<Long, Long> free = new TreeMap<>();

    /** A slab for one block of {@code floats} floats, and for others if it may share. */
    Slab(long floats) {
        this.size = mayShare(floats) ? SHARED_FLOATS : range(floats);
        free.put(0L, size);
        this.allocated = new FloatPointer(size + PAGE_BYTES / Float.BYTES);
        long skip = (PAGE_BYTES - allocated.address() % PAGE_BYTES) % PAGE_BYTES / Float.BYTES;
        this.floats = allocated.getPointer(skip);
        if (LINUX) {
            try (LongPointer arguments = new LongPointer(this.floats.address(), size * Float.BYTES)) {
                LoopCompiler.loop(new Advice()).run(arguments);
            }
        }
    }

    /** Whether a block of this size shares a slab; a large one would keep too much memory from being freed. */
    static boolean mayShare(long floatsOfBlock) {
        return floatsOfBlock <= LARGEST_SHARED;
    }

    /** Floats of the range of a block, with the distance to the next one. */
    private static long range(long floatsOfBlock) {
        return (floatsOfBlock + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + ALIGNMENT - STAGGER;
    }

    /** The first free range that a block fits in, as its first float; empty if there is none. */
    private Optional<Long> place(long floatsOfBlock) {
        long wanted = range(floatsOfBlock);
        return free.entrySet().stream()
                .filter(range -> range.getValue() >= wanted)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    boolean hasRoom(long floatsOfBlock) {
        return place(floatsOfBlock).isPresent();
    }

    /** Cuts off a block; there must be room for it. */
    NativeBlock cut(long floatsOfBlock) {
        long start = place(floatsOfBlock).orElseThrow();
        long length = range(floatsOfBlock);
        long rest = free.remove(start) - length;
        if (rest > 0) {
            free.put(start + length, rest);
        }
        return new NativeBlock(floats.getPointer(start).capacity(floatsOfBlock), () -> giveBack(start, length));
    }

    private void giveBack(long start, long length) {
        long first = start;
        long joined = length;
        Map.Entry<Long, Long> before = free.lowerEntry(start);
        if (before != null && before.getKey() + before.getValue() == start) {
            first = before.getKey();
            joined += before.getValue();
        }
        Long after = free.remove(start + length);
        free.put(first, after == null ? joined : joined + after);
        if (free.get(first) == size) {
            free.clear();
            allocated.deallocate();
        }
    }

    /** Whether the last block was given back and the memory freed. */
    boolean isFreed() {
        return allocated.isNull();
    }

    /** A call of the C library's madvise with MADV_HUGEPAGE; its arguments are an address and a number of bytes. */
    private record Advice() implements LoopSource {

        @Override
        public String ir(String function) {
            return String.join(
                    "\n",
                    "declare i32 @madvise(ptr, i64, i32)",
                    "define void @" + function + "(ptr %arguments) {",
                    "%address = load ptr, ptr %arguments",
                    "%place = getelementptr i64, ptr %arguments, i64 1",
                    "%bytes = load i64, ptr %place",
                    "%status = call i32 @madvise(ptr %address, i64 %bytes, i32 14)",
                    "ret void",
                    "}",
                    "");
        }
    }
}
