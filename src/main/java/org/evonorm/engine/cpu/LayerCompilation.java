package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.evonorm.engine.NativeLibraries;
import org.evonorm.engine.cpu.tile.PassLoop;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.LoopCompiler;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.engine.pass.Schedule;
import org.evonorm.engine.pass.ScheduleText;
import org.evonorm.engine.pass.TilePass;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.program.LayerLowering;
import org.evonorm.program.Program;
import org.evonorm.program.ProgramText;

/**
 * The compilation of a layer for a training step, stage by stage from the formula to machine code. {@link #of} is the
 * list of the stages. A model takes the same way, once per layer ({@link LayerPlan}) and once per pass
 * ({@link LoopCompiler}).
 *
 * @param canonical  the canonical form, before simplification
 * @param simplified the simplified form, which is lowered
 * @param program    elementwise operations, means and variances, with their reverse-mode derivative; without sizes
 * @param forward    schedule of the output, with passes over the input
 * @param backward   schedule of the gradients, with passes over the input and the output's derivative
 * @param loops      LLVM IR of each pass, forward passes first
 * @param machine    number of loops that LLVM compiled; 0 where LLVM does not load and kernels run the passes
 */
public record LayerCompilation(
        CanonicalLayer canonical,
        CanonicalLayer simplified,
        Program program,
        Schedule forward,
        Schedule backward,
        List<String> loops,
        int machine) {

    /** A named stage, as text. */
    public record Stage(String name, String text) {}

    public LayerCompilation {
        loops = List.copyOf(loops);
    }

    /** Compiles a layer for training. */
    public static LayerCompilation of(Layer layer) {
        NativeLibraries.prepare();
        CanonicalLayer canonical = CanonicalLayer.of(layer);
        CanonicalLayer simplified = Simplification.of(layer);
        Program program = LayerLowering.training(simplified);
        Schedule forward = Schedule.forward(program);
        Schedule backward = Schedule.backward(program);
        List<PassLoop> loops =
                passes(forward, backward).stream().map(PassLoop::of).toList();
        List<String> ir = loops.stream().map(loop -> loop.ir("loop")).toList();
        if (LoopCompiler.isAvailable()) {
            loops.forEach(LoopCompiler::loop);
        }
        return new LayerCompilation(
                canonical, simplified, program, forward, backward, ir, LoopCompiler.isAvailable() ? loops.size() : 0);
    }

    private static List<TilePass> passes(Schedule forward, Schedule backward) {
        List<TilePass> passes = new ArrayList<>(forward.passes().toList());
        passes.addAll(backward.passes().toList());
        return passes;
    }

    /** The passes of both schedules, forward passes first. */
    public List<TilePass> passes() {
        return passes(forward, backward);
    }

    /** The stages in order, each as readable text. */
    public List<Stage> stages() {
        int forwardPasses = (int) forward.passes().count();
        List<Stage> stages = new ArrayList<>();
        stages.add(new Stage("formula", Formula.print(canonical.layer()) + "\n"));
        stages.add(new Stage("simplified formula", Formula.print(simplified.layer()) + "\n"));
        stages.add(new Stage("simplified graph", LayerJson.write(simplified.layer()) + "\n"));
        stages.add(new Stage("lowered program", ProgramText.forward(program)));
        stages.add(new Stage("derivative", ProgramText.derivative(program)));
        stages.add(new Stage("schedule of forward passes", ScheduleText.stages(forward, 1)));
        stages.add(new Stage("schedule of backward passes", ScheduleText.stages(backward, forwardPasses + 1)));
        stages.add(new Stage("spills", ScheduleText.spills(passes())));
        stages.add(new Stage("cost per value of the tensor", ScheduleText.costs(passes())));
        for (int i = 0; i < loops.size(); i++) {
            stages.add(new Stage("LLVM IR of pass " + (i + 1), loops.get(i)));
        }
        stages.add(new Stage("machine code", machineCode()));
        return List.copyOf(stages);
    }

    private String machineCode() {
        return machine > 0
                ? String.format(
                        Locale.ROOT,
                        "LLVM compiled %d loops for vectors of %d floats%n",
                        machine,
                        VectorFunctions.WIDTH)
                : "LLVM does not load on this platform; kernels run the passes\n";
    }
}
