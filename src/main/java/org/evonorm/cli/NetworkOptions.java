package org.evonorm.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.text.ListText;
import picocli.CommandLine.Option;

/** The options that choose anchor networks and their scale. */
final class NetworkOptions {

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

    @Option(names = "--depth", paramLabel = "D", description = "Multiplies the numbers of blocks. Default: 1.")
    private Optional<Double> depth;

    @Option(
            names = "--places",
            paramLabel = "WHICH",
            description = {
                "The normalizations of an ONNX file that are places: activated (those with an activation), all,",
                "or names between commas. Default: activated."
            })
    private Optional<String> places;

    /** The chosen networks; anchor networks have the strides for CIFAR. */
    List<Network> networks(int classes) {
        List<NamedNetwork> chosen = names.stream()
                .flatMap(NetworkOptions::items)
                .map(NamedNetwork::new)
                .toList();
        Limits.notEmpty("--network", chosen);
        if (places.isPresent() && chosen.stream().noneMatch(NamedNetwork::isFile)) {
            throw new IllegalArgumentException("--places is for networks from ONNX files; leave it out");
        }
        if ((width.isPresent() || depth.isPresent()) && chosen.stream().allMatch(NamedNetwork::isFile)) {
            throw new IllegalArgumentException("--width and --depth are for anchor networks; leave them out, and export"
                    + " the network in another size");
        }
        return chosen.stream().map(name -> network(name, classes)).toList();
    }

    /** The names in one argument; a file that exists is one, though its name may have blanks and commas. */
    private static Stream<String> items(String text) {
        return new NamedNetwork(text).isFile() && Files.exists(Path.of(text))
                ? Stream.of(text)
                : ListText.items(text).stream();
    }

    private Network network(NamedNetwork named, int classes) {
        if (named.isFile()) {
            return named.read(places, classes);
        }
        named.requireAnchor();
        double scaled =
                width.orElseGet(() -> AnchorNetworks.proxyScale(named.text()).width());
        return named.anchor(new NetworkScale(scaled, depth.orElse(1.0), NetworkScale.Variant.CIFAR), classes);
    }
}
