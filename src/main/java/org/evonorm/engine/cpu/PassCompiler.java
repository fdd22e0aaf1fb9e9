package org.evonorm.engine.cpu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The compiled loops of tile passes. Models of one process share them; compiling one takes a few milliseconds. */
final class PassCompiler {

    /** Loops that a process remembers, those used last; a model has about ten. */
    private static final int REMEMBERED = 256;

    private record Key(TilePass pass, boolean accumulate) {}

    private static final Optional<Llvm> LLVM = load();
    private static final Map<Key, CompiledLoop> KNOWN = new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, CompiledLoop> eldest) {
            return size() > REMEMBERED;
        }
    };
    private static long compiled;

    private PassCompiler() {}

    private static Optional<Llvm> load() {
        try {
            return Optional.of(new Llvm());
        } catch (LinkageError | RuntimeException e) {
            System.getLogger(PassCompiler.class.getName()).log(System.Logger.Level.WARNING,
                    "layers run by Java's kernels, which take several times as long, since LLVM does not load: " + e);
            return Optional.empty();
        }
    }

    /** Whether passes can be compiled on this platform. */
    static boolean isAvailable() {
        return LLVM.isPresent();
    }

    /**
     * The loop of a pass.
     *
     * @param accumulate whether the derivative of the input is added to what its tensor holds
     */
    static synchronized CompiledLoop loop(TilePass pass, boolean accumulate) {
        return KNOWN.computeIfAbsent(new Key(pass, accumulate), PassCompiler::compile);
    }

    private static CompiledLoop compile(Key key) {
        String function = "pass" + compiled++;
        return LLVM.orElseThrow().compile(PassIr.of(key.pass(), function, key.accumulate()), function);
    }
}
