package org.evonorm.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.evonorm.graph.Baselines;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;
import org.evonorm.network.onnx.FoundPlace;
import org.evonorm.network.onnx.OnnxNetwork;
import org.evonorm.network.onnx.Places;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code evonorm network}: all that was recognized in a network's file. */
@Command(
        name = "network",
        header = {"Tells what was recognized in a network's ONNX file, and its places.", ""},
        description = {
            "",
            "Lists operators, shapes, parameters, multiply-adds and normalizations. Weights are not read. A file that",
            "has a node that is not supported is refused with the node's name and operator.",
            ""
        })
final class NetworkCommand implements Callable<Integer> {

    private static final int CLASSES = 10;
    private static final int MOST_PIXELS = 4096;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "An ONNX model of an image classifier.")
    private Path file;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            defaultValue = "32",
            description = "Image side for shapes and multiply-adds. Default: ${DEFAULT-VALUE}.")
    private int size;

    @Option(
            names = "--places",
            paramLabel = "WHICH",
            defaultValue = "activated",
            description = {
                "The normalizations that are places: activated (those with an activation), all, or names between commas.",
                "Default: ${DEFAULT-VALUE}."
            })
    private String places;

    @Override
    public Integer call() {
        Limits.between("--size", 1, MOST_PIXELS, size);
        OnnxNetwork read = OnnxNetwork.read(file, Places.of(places));
        Network network = read.network(String.valueOf(file.getFileName())).withClasses(CLASSES);
        network.requireSide(size);
        List<Shape> shapes = network.shapes(size, size);
        NetworkCost cost = NetworkCost.of(network, Baselines.get("BN-ReLU"), size, size);
        PrintWriter out = spec.commandLine().getOut();
        out.println("operators: " + counts(network));
        TextTable table =
                new TextTable("place", "normalization", "activation", "height", "width", "channels", "filled");
        for (FoundPlace place : read.places()) {
            Shape shape = shapes.get(place.operator());
            table.row(
                    place.name(),
                    place.normalization(),
                    place.activation(),
                    Integer.toString(shape.height()),
                    Integer.toString(shape.width()),
                    Integer.toString(shape.channels()),
                    place.chosen() ? "by candidates" : "linear");
        }
        table.print(out);
        out.println(cost.places() + " places that candidates fill, "
                + (read.places().size() - cost.places()) + " linear places");
        out.println(cost.parameters() + " parameters with BN-ReLU and " + CLASSES + " classes, " + cost.multiplyAdds()
                + " multiply-adds per image of " + size + "×" + size + " pixels");
        return 0;
    }

    private static String counts(Network network) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Operator operator : network.operators()) {
            counts.merge(operator.getClass().getSimpleName(), 1, Integer::sum);
        }
        List<String> texts = counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .toList();
        return String.join(", ", texts);
    }
}
