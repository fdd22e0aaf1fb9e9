package org.evonorm.engine.cpu.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class NativeMemoryPoolTest {

    /**
     * Number of floats; new blocks of this size always come from the system, since glibc keeps at most 32 MiB for
     * itself.
     */
    private static final long LARGE = 9_000_000;

    private final Random random = new Random(1);

    @Test
    void smallBlocksOfManySizesLeaveTheLargeOnesToTheNextModel() {
        List<NativeBlock> tensors = tensors();
        // New memory of the system is zero, so that other contents mark reused memory.
        tensors.forEach(tensor -> tensor.floats().put(0, (float) tensor.size()));
        for (int model = 0; model < 100; model++) {
            tensors.forEach(NativeMemoryPool::giveBack);
            NativeBlock scratch = NativeMemoryPool.take(1 + random.nextInt((int) LARGE / 10));
            tensors = tensors();
            tensors.forEach(tensor ->
                    assertEquals((float) tensor.size(), tensor.floats().get(0)));
            NativeMemoryPool.giveBack(scratch);
        }
        tensors.forEach(NativeMemoryPool::giveBack);
    }

    private static List<NativeBlock> tensors() {
        return LongStream.range(0, 4)
                .mapToObj(i -> NativeMemoryPool.take(LARGE + i))
                .toList();
    }

    @Test
    void littleMoreIsAllocatedThanModelsUsedAtTheSameTime() {
        long most = 0;
        long before = Pointer.totalBytes();
        for (int model = 0; model < 50; model++) {
            List<NativeBlock> blocks = new ArrayList<>();
            for (int block = 0; block < 10; block++) {
                blocks.add(NativeMemoryPool.take(1 + random.nextInt((int) LARGE)));
            }
            most = Math.max(most, floats(blocks));
            blocks.forEach(NativeMemoryPool::giveBack);
        }
        // Memory from other tests counts as allocated before. Blocks begin on pages of 2 MiB, and small ones share
        // slabs.
        long pages = 12L * (2 << 20);
        long allocated = Pointer.totalBytes() - before;
        assertTrue(
                allocated <= most * Float.BYTES * 9 / 8 + pages + (32 << 20),
                allocated + " bytes for models of " + most + " floats");
    }

    /**
     * Each model leaves one small block in use, among many of its own sizes: holes between such blocks are used again.
     */
    @Test
    void aBlockThatStaysKeepsNoSlabForItself() {
        List<NativeBlock> staying = new ArrayList<>();
        long most = 0;
        long before = Pointer.totalBytes();
        for (int model = 0; model < 100; model++) {
            List<NativeBlock> blocks = new ArrayList<>();
            for (int block = 0; block < 10; block++) {
                blocks.add(NativeMemoryPool.take(80_000 + random.nextInt(900_000)));
                if (block == 5) {
                    staying.add(NativeMemoryPool.take(80_000));
                }
            }
            most = Math.max(most, floats(blocks) + floats(staying));
            blocks.forEach(NativeMemoryPool::giveBack);
        }
        long allocated = Pointer.totalBytes() - before;
        staying.forEach(NativeMemoryPool::giveBack);
        assertTrue(
                allocated <= most * Float.BYTES * 9 / 8 + (64 << 20),
                allocated + " bytes for models of " + most + " floats");
    }

    private static long floats(List<NativeBlock> blocks) {
        return blocks.stream().mapToLong(NativeBlock::size).sum();
    }
}
