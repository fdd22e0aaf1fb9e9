package org.evonorm.engine.cpu;

import java.lang.invoke.MethodHandles;
import java.util.Optional;
import org.codehaus.commons.compiler.CompileException;
import org.codehaus.janino.SimpleCompiler;

/** Makes fused loops: Janino compiles their source, and runs on made-up tiles let the JVM turn that into machine code. */
final class FusionCompiler {

    /** After this the JVM is not expected to do better: loops that are still slow have more operations than it inlines. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;
    /** Shorter loops than of so many operations are not tried. */
    private static final int LEAST_OPERATIONS = 20;
    /** Channels and pixels of warming tiles: short, since before it is compiled an operation takes a microsecond. */
    private static final int CHANNELS = 4 * Lanes.WIDTH;
    private static final int FEW_PIXELS = 2;
    private static final int MANY_PIXELS = 64;
    private static final int FEW_RUNS = 100;
    private static final int TRIALS = 5;

    private FusionCompiler() {}

    /** The loops of a pass, not yet made fast by the JVM. */
    static FusedLoop[] compile(TilePass pass) {
        return compile(pass, LoopPlan.MOST_OPERATIONS);
    }

    private static FusedLoop[] compile(TilePass pass, int mostOperations) {
        return LoopPlan.of(pass, mostOperations).stream().map(FusionCompiler::compile).toArray(FusedLoop[]::new);
    }

    private static FusedLoop compile(LoopPlan loop) {
        try {
            SimpleCompiler compiler = new SimpleCompiler();
            compiler.setParentClassLoader(FusedLoop.class.getClassLoader());
            compiler.cook(FusedSource.of(loop));
            // A hidden class sees this package, and goes when nobody holds it any more.
            byte[] bytes = compiler.getBytecodes().get(FusedSource.CLASS);
            return (FusedLoop) MethodHandles.lookup().defineHiddenClass(bytes, true).lookupClass()
                    .getDeclaredConstructor().newInstance();
        } catch (CompileException | ReflectiveOperationException e) {
            throw new IllegalStateException("a fused loop does not compile: " + e.getMessage(), e);
        }
    }

    /** The loops of a pass, once they are faster than its kernels; nothing if they do not become so. */
    static Optional<FusedLoop[]> compileAndWarmUp(TilePass pass) {
        try (Tiles few = new Tiles(pass, FEW_PIXELS); Tiles many = new Tiles(pass, MANY_PIXELS)) {
            long kernels = many.nanos(Fusion.NONE);
            for (int operations = LoopPlan.MOST_OPERATIONS; operations >= LEAST_OPERATIONS; operations /= 2) {
                FusedLoop[] loops = compile(pass, operations);
                long end = System.nanoTime() + PATIENCE_NANOS;
                while (System.nanoTime() < end) {
                    for (int run = 0; run < FEW_RUNS; run++) {
                        few.run(loops);
                    }
                    if (many.nanos(loops) < kernels) {
                        return Optional.of(loops);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** One sample of small values for a pass to run on. */
    private static final class Tiles implements AutoCloseable {

        private final Floats in;
        private final Floats out;
        private final BoundPass bound;
        private final TileMachine.Tensors tensors;

        Tiles(TilePass pass, int pixels) {
            TileShape shape = TileShape.of(pixels, CHANNELS);
            Scratch scratch = new Scratch();
            scratch.reserve(pass, shape);
            this.in = new Floats((long) pixels * CHANNELS);
            this.out = new Floats((long) pixels * CHANNELS);
            in.fill(0.5f);
            out.fill(0);
            this.bound = new BoundPass(pass, shape, scratch);
            this.tensors = new TileMachine.Tensors(in, in, out, in, out, false);
        }

        void run(FusedLoop[] loops) {
            bound.run(0, tensors, loops);
        }

        /** The least time of a few runs. */
        long nanos(FusedLoop[] loops) {
            long least = Long.MAX_VALUE;
            for (int trial = 0; trial < TRIALS; trial++) {
                long start = System.nanoTime();
                run(loops);
                least = Math.min(least, System.nanoTime() - start);
            }
            return least;
        }

        @Override
        public void close() {
            in.close();
            out.close();
        }
    }
}
