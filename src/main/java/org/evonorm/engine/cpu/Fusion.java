package org.evonorm.engine.cpu;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way of a tile pass from its kernels to {@link FusedLoop}s. Nobody waits for it: a pass runs by its kernels until it
 * has cost about as much as compiling does, then a thread in the background compiles it, and from some sample on the loops
 * take over, with the same bits as result. Models of one process share what is compiled.
 */
final class Fusion {

    /** Operations on floats that cost about as much time as compiling a pass. */
    private static final long WORTHWHILE = 1_000_000_000L;
    /** Passes that a process remembers, those used last; a model has about ten. */
    private static final int REMEMBERED = 256;

    private static final Map<TilePass, Fusion> KNOWN = Collections.synchronizedMap(
            new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<TilePass, Fusion> eldest) {
                    return size() > REMEMBERED;
                }
            });
    private static final ExecutorService COMPILING = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "evonorm-fusion");
        thread.setDaemon(true);
        return thread;
    });

    /** No loops: kernels alone. */
    static final FusedLoop[] NONE = {};

    private final TilePass pass;
    private final int operations;
    private final AtomicLong work = new AtomicLong();
    private final AtomicBoolean requested;
    private volatile FusedLoop[] loops = NONE;

    private Fusion(TilePass pass) {
        this.pass = pass;
        this.operations =
                pass.loads().size() + pass.steps().size() + pass.reductions().size() + pass.stores().size();
        // One kernel, or sums alone, are one loop already.
        this.requested = new AtomicBoolean(pass.steps().size() < 2);
    }

    /** The one of this pass. */
    static Fusion of(TilePass pass) {
        return KNOWN.computeIfAbsent(pass, Fusion::new);
    }

    /** The loops that do what the pass does, one after the other; none yet, or for ever after some. */
    FusedLoop[] loops() {
        return loops;
    }

    /** Counts a run of the pass over so many floats of a tensor. */
    void ran(int floats) {
        if (!requested.get() && work.addAndGet((long) floats * operations) >= WORTHWHILE
                && requested.compareAndSet(false, true)) {
            COMPILING.execute(this::compileAndWarmUp);
        }
    }

    /** Whatever goes wrong, the kernels go on. */
    private void compileAndWarmUp() {
        try {
            loops = FusionCompiler.compileAndWarmUp(pass).orElse(NONE);
        } catch (RuntimeException | LinkageError e) {
            System.getLogger(Fusion.class.getName()).log(System.Logger.Level.WARNING,
                    "a layer runs by its kernels, about half as fast, since its fused loops cannot be made: " + e);
        }
    }

    /** Compiles now, and takes the loops even before the JVM has made them fast. */
    void fuse() {
        requested.set(true);
        loops = FusionCompiler.compile(pass);
    }

    /** Leaves the pass to its kernels for good. */
    void refuse() {
        requested.set(true);
        loops = NONE;
    }
}
