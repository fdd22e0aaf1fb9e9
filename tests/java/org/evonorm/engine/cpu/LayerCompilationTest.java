package org.evonorm.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.evonorm.engine.llvm.LoopCompiler;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.engine.pass.TilePass;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.junit.jupiter.api.Test;

class LayerCompilationTest {

    private static LayerCompilation compiled(String layer) {
        return LayerCompilation.of(Baselines.get(layer));
    }

    private static String stage(LayerCompilation compilation, String name) {
        return compilation.stages().stream()
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElseThrow()
                .text();
    }

    @Test
    void theStagesAreThoseThatAModelTakes() {
        for (String name : Baselines.names()) {
            LayerCompilation compilation = compiled(name);
            LayerPlan plan = LayerPlan.training(CanonicalLayer.of(Baselines.get(name)));
            assertEquals(plan.program(), compilation.program(), name);
            assertEquals(plan.passes().toList(), compilation.passes(), name);
        }
    }

    @Test
    void theStagesGoFromTheFormulaToMachineCode() {
        LayerCompilation compilation = compiled("EvoNorm-S0");
        List<String> names = compilation.stages().stream()
                .map(LayerCompilation.Stage::name)
                .map(name -> name.startsWith("LLVM IR") ? "LLVM IR" : name)
                .distinct()
                .toList();
        assertEquals(
                List.of(
                        "formula",
                        "simplified formula",
                        "simplified graph",
                        "lowered program",
                        "derivative",
                        "schedule of forward passes",
                        "schedule of backward passes",
                        "spills",
                        "cost per value of the tensor",
                        "LLVM IR",
                        "machine code"),
                names);
        assertEquals("x * sigmoid(x * v1) / std_whcg(x)\n", stage(compilation, "formula"));
        assertTrue(stage(compilation, "lowered program").contains("= SIGMOID"));
        assertTrue(stage(compilation, "derivative").contains("gradient of V1 = %"));
        assertEquals(LoopCompiler.isAvailable() ? compilation.passes().size() : 0, compilation.machine());
    }

    /** BN-ReLU has three passes over its input: for the moments of the batch, the output, and the gradients. */
    @Test
    void costsAreCountedPerValue() {
        LayerCompilation identity = LayerCompilation.of(Formula.parse("x + v0 | no affine"));
        assertEquals("""
                pass 1: 4 bytes loaded, 4 stored, 0 spilled, 0 reloaded; 1 operations, 0 reductions
                pass 2: 4 bytes loaded, 4 stored, 0 spilled, 0 reloaded; 0 operations, 1 reductions
                """, stage(identity, "cost per value of the tensor"));
        assertEquals("no pass spills a value: each computes anew what it needs\n", stage(identity, "spills"));
    }

    /**
     * A spill is stored by an earlier pass of the same stage, and the text names both the pass that stores and reloads
     * it.
     */
    @Test
    void everyReloadedSpillWasStored() {
        SplittableRandom random = new SplittableRandom(7);
        RandomGraphs graphs = new RandomGraphs(Family.B, 10);
        int reloads = 0;
        Stream<Layer> drawn =
                Stream.generate(() -> Layer.evolved(graphs.next(random))).limit(60);
        Stream<Layer> named = Baselines.names().stream().map(Baselines::get);
        for (Layer layer : Stream.concat(named, drawn).toList()) {
            LayerCompilation compilation = LayerCompilation.of(layer);
            Set<Integer> stored = new HashSet<>();
            for (TilePass pass : compilation.passes()) {
                for (TilePass.Reload reload : pass.reloads()) {
                    assertTrue(stored.contains(reload.spill()), Formula.print(layer));
                    reloads++;
                }
                pass.stores().forEach(store -> store.spill().ifPresent(stored::add));
            }
            String told = stage(compilation, "spills");
            String expected = compilation.passes().stream()
                    .flatMap(pass -> pass.reloads().stream())
                    .map(reload -> "spill " + reload.spill())
                    .collect(Collectors.joining(" "));
            assertEquals(expected.isEmpty(), told.startsWith("no pass spills"), Formula.print(layer));
        }
        assertTrue(reloads > 0, "no layer reloads a spill");
    }
}
