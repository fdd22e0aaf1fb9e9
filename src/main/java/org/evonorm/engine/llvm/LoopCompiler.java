package org.evonorm.engine.llvm;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Compiled loops. Models of one process share them; compiling one takes a few milliseconds. */
public final class LoopCompiler {

    /** Loops that a process remembers, those used last; a model has about ten. */
    private static final int REMEMBERED = 256;

    private static final Optional<Llvm> LLVM = load();
    private static final Map<LoopSource, CompiledLoop> KNOWN = new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LoopSource, CompiledLoop> eldest) {
            return size() > REMEMBERED;
        }
    };
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

    /** Whether loops can be compiled on this platform. */
    public static boolean isAvailable() {
        return LLVM.isPresent();
    }

    public static synchronized CompiledLoop loop(LoopSource source) {
        return KNOWN.computeIfAbsent(source, LoopCompiler::compile);
    }

    private static CompiledLoop compile(LoopSource source) {
        String function = "loop" + compiled++;
        return LLVM.orElseThrow().compile(source.ir(function), function);
    }
}
