package org.evonorm.engine.llvm;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The cache of compiled loops of this process. LLVM takes a few milliseconds per loop, so models, candidates and places
 * share their loops.
 */
public final class LoopCompiler {

    /**
     * Number of loops in the cache, the most recently used ones. A layer has about ten, and a network up to 150 for its
     * convolutions, for each size of images.
     */
    private static final int CACHE_SIZE = 2048;

    private static final Optional<Llvm> LLVM = load();
    private static final Map<LoopSource, CompiledLoop> CACHE = new LinkedHashMap<>(CACHE_SIZE, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LoopSource, CompiledLoop> eldest) {
            return size() > CACHE_SIZE;
        }
    };
    /** Number of loops compiled so far, which gives each function a unique name. */
    private static long compiled;

    private LoopCompiler() {}

    private static Optional<Llvm> load() {
        try {
            return Optional.of(new Llvm());
        } catch (LinkageError | RuntimeException e) {
            System.getLogger(LoopCompiler.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "layers run by Java's kernels, which take several times as long, since LLVM does not load: "
                                    + e);
            return Optional.empty();
        }
    }

    /** Whether LLVM loads on this platform. */
    public static boolean isAvailable() {
        return LLVM.isPresent();
    }

    /**
     * The loop of a source, compiled unless the cache has it.
     *
     * @throws java.util.NoSuchElementException if LLVM does not load, see {@link #isAvailable}
     */
    public static synchronized CompiledLoop loop(LoopSource source) {
        return CACHE.computeIfAbsent(source, LoopCompiler::compile);
    }

    private static CompiledLoop compile(LoopSource source) {
        String function = "loop" + compiled++;
        return LLVM.orElseThrow().compile(source.ir(function), function);
    }
}
