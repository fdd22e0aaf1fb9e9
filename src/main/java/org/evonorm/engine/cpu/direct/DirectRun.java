package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.LongPointer;
import org.evonorm.engine.llvm.CompiledLoop;
import org.evonorm.engine.llvm.LoopCompiler;
import org.evonorm.engine.llvm.LoopSource;

/** Compiled loops with their arguments, which are set once: memory is bound when a plan is made. */
public final class DirectRun implements Runnable, AutoCloseable {

    private final List<CompiledLoop> loops = new ArrayList<>();
    private final List<LongPointer> arguments = new ArrayList<>();

    DirectRun() {}

    /** Adds a loop with its arguments, compiled unless another model has it. */
    void add(LoopSource source, long... values) {
        loops.add(LoopCompiler.loop(source));
        arguments.add(new LongPointer(values));
    }

    @Override
    public void run() {
        for (int i = 0; i < loops.size(); i++) {
            loops.get(i).run(arguments.get(i));
        }
    }

    @Override
    public void close() {
        arguments.forEach(LongPointer::deallocate);
    }
}
