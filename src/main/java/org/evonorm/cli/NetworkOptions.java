package org.evonorm.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.network.onnx.OnnxNetwork;
import org.evonorm.network.onnx.Places;
import org.evonorm.text.ListText;
import picocli.CommandLine.Option;

/** The options that choose anchor networks and their scale. */
final class NetworkOptions {

    private static final String FILE = ".onnx";

    @Option(
            names = {"--network", "--networks"},
            arity = "1..*",
            paramLabel = "NAME",
            description = {
                "Anchor networks, between commas or blanks: resnet50, mobilenetv2, efficientnetb0, convnext, vit; or",
                "ONNX files, whose names end in .onnx. The first three without it."
            })
    private List<String> names = AnchorNetworks.ofPaper();

    @Option(
            names = "--width",
            paramLabel = "W",
            description = {
                "Multiplies the published numbers of channels.",
                "The CIFAR proxy's without it: 0.25 for resnet50 and convnext, else 0.5."
            })
    private Optional<Double> width;

    @Option(
            names = "--depth",
            paramLabel = "D",
            defaultValue = "1",
            description = "Multiplies the numbers of blocks. Default: ${DEFAULT-VALUE}.")
    private double depth;

    @Option(
            names = "--places",
            paramLabel = "WHICH",
            defaultValue = "activated",
            description = {
                "The normalizations of an ONNX file that are places: activated (those with an activation), all,",
                "or names between commas. Default: ${DEFAULT-VALUE}."
            })
    private String places;

    /** The chosen networks; anchor networks have the strides for CIFAR. */
    List<Network> networks(int classes) {
        List<String> chosen =
                names.stream().flatMap(text -> ListText.items(text).stream()).toList();
        Limits.notEmpty("--network", chosen);
        return chosen.stream().map(name -> network(name, classes)).toList();
    }

    private Network network(String name, int classes) {
        if (name.toLowerCase(Locale.ROOT).endsWith(FILE)) {
            Path file = Path.of(name);
            String base = file.getFileName().toString();
            return OnnxNetwork.read(file, Places.of(places))
                    .network(base.substring(0, base.length() - FILE.length()))
                    .withClasses(classes);
        }
        double scaled = width.orElseGet(() -> AnchorNetworks.proxyScale(name).width());
        return AnchorNetworks.of(name, new NetworkScale(scaled, depth, NetworkScale.Variant.CIFAR), classes);
    }
}
