package org.evonorm.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.evonorm.engine.cpu.LayerCompilation;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.Node;
import org.evonorm.graph.TrainableVectors;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.graph.typeset.TypesetLayer;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.rejection.StaticFilter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evonorm inspect}: all that can be said of a layer without training it. */
@Command(
        name = "inspect",
        header = {"Tells a layer's formula, nodes, LaTeX and cost.", ""},
        description = {"", "Nothing is trained. Nodes that the output does not depend on are marked unused.", ""})
final class InspectCommand implements Callable<Integer> {

    private static final int CLASSES = 10;
    /** The largest side of an image; larger ones would have more values than whole numbers count. */
    private static final int MOST_PIXELS = 4096;

    private static final List<String> INITIAL_NODES = List.of("x", "0", "v0", "v1");

    @Spec
    private CommandSpec spec;

    @Mixin
    private LayerOptions layers;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            defaultValue = "24",
            description = "Image side for which multiply-adds are counted. Default: ${DEFAULT-VALUE}.")
    private int size;

    @Option(
            names = "--stages",
            description = {
                "Print each stage of the layer's way to machine code instead: canonical graph, lowered program,",
                "derivative, schedules of passes, spills, bytes and operations per pass, LLVM IR."
            })
    private boolean stages;

    @Mixin
    private NetworkOptions networks;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Limits.between("--size", 1, MOST_PIXELS, size);
        List<NamedLayer> named = layers.layers();
        List<Network> anchors = networks.networks(CLASSES);
        for (int i = 0; i < named.size(); i++) {
            if (i > 0) {
                out.println();
            }
            if (stages) {
                printStages(named.get(i), out);
            } else {
                new Inspection(named.get(i), anchors, size).print(out);
            }
        }
        return 0;
    }

    private static void printStages(NamedLayer named, PrintWriter out) {
        out.println(named.name());
        for (LayerCompilation.Stage stage : LayerCompilation.of(named.layer()).stages()) {
            out.println();
            out.println("== " + stage.name());
            out.print(stage.text());
        }
    }

    /** The text printed for one layer. */
    private record Inspection(NamedLayer named, List<Network> networks, int size) {

        void print(PrintWriter out) {
            Layer layer = named.layer();
            out.println(named.name());
            property(out, "formula", Formula.print(layer));
            property(out, "simplified", Simplification.of(layer).toString());
            property(out, "family", family());
            if (!layer.vectors().equals(TrainableVectors.PAPER)) {
                property(
                        out,
                        "vectors",
                        "v0: " + layer.vectors().v0().description() + "; v1: "
                                + layer.vectors().v1().description());
            }
            if (!CanonicalLayer.of(layer).groups().equals(GroupRule.DEFAULT)) {
                property(out, "groups", layer.groups().description());
            }
            property(out, "affine", layer.affine() ? "gamma * y + beta follows" : "none");
            LayerPlan plan = LayerPlan.training(Simplification.of(layer));
            property(
                    out,
                    "passes",
                    plan.forward().passes().count() + " forward and "
                            + plan.backward().passes().count()
                            + " backward over the activations in a training step");
            property(out, "saved bytes", saved(plan));
            property(out, "static filter", staticFilter());
            property(out, "identity", CandidateIdentity.id(layer));
            property(out, "LaTeX", TypesetLayer.latex(layer));
            property(out, "JSON", LayerJson.write(layer));
            out.println();
            printNodes(out);
            out.println();
            printCosts(out);
        }

        private static String saved(LayerPlan plan) {
            int kept = plan.keptSampleChannels().cardinality();
            List<String> parts = new ArrayList<>();
            if (plan.keepsInput()) {
                parts.add(Float.BYTES + " per value of x");
            }
            if (kept > 0) {
                parts.add(Float.BYTES * kept + " per sample and channel");
            }
            return (parts.isEmpty() ? "none" : String.join(" and ", parts)) + ", from the forward to the backward pass";
        }

        private static void property(PrintWriter out, String name, String value) {
            out.println("  " + name + " ".repeat(15 - name.length()) + value);
        }

        private String family() {
            return Family.S.allows(CanonicalForm.of(named.layer().graph()))
                    ? "S: a sample's output does not depend on the other samples of its batch"
                    : "B: the output depends on the whole batch in training, on running statistics in evaluation";
        }

        private String staticFilter() {
            return new StaticFilter().judge(named.layer()) instanceof CandidateStatus.Rejected rejected
                    ? "rejected: " + rejected.reason()
                    : "passed";
        }

        private void printNodes(PrintWriter out) {
            LayerGraph graph = named.layer().graph();
            BitSet reachable = CanonicalForm.reachable(graph);
            TextTable table = new TextTable("  node", "computes", "");
            for (int id = 0; id < LayerGraph.INITIAL_NODES + graph.nodes().size(); id++) {
                String what = id < LayerGraph.INITIAL_NODES ? INITIAL_NODES.get(id) : text(graph.node(id));
                String note = id == graph.output() ? "output" : reachable.get(id) ? "" : "unused";
                table.row("  " + id, what, note);
            }
            table.print(out);
        }

        private static String text(Node node) {
            return node.primitive().symbol()
                    + node.inputs().stream()
                            .map(input -> input < LayerGraph.INITIAL_NODES ? INITIAL_NODES.get(input) : "#" + input)
                            .collect(Collectors.joining(", ", "(", ")"));
        }

        /** Bytes per image in all places. */
        private long savedBytes(Network network, LayerPlan plan) {
            return NetworkCost.placeShapes(network, size, size).stream()
                    .mapToLong(shape -> plan.savedBytes(shape.area(), shape.channels()))
                    .sum();
        }

        private void printCosts(PrintWriter out) {
            LayerPlan plan = LayerPlan.training(Simplification.of(named.layer()));
            TextTable table = new TextTable(
                    "  network",
                    "places",
                    "parameters",
                    "in places",
                    "million multiply-adds at " + size + "×" + size,
                    "saved bytes in places");
            for (Network network : networks) {
                NetworkCost cost = NetworkCost.of(network, named.layer(), size, size);
                table.row(
                        "  " + network.name(),
                        Integer.toString(cost.places()),
                        String.format(Locale.ROOT, "%,d", cost.parameters()),
                        String.format(Locale.ROOT, "%,d", NetworkCost.layerParameters(network, named.layer())),
                        String.format(Locale.ROOT, "%.2f", cost.multiplyAdds() / 1e6),
                        String.format(Locale.ROOT, "%,d", savedBytes(network, plan)));
            }
            table.print(out);
        }
    }
}
