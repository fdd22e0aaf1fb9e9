package org.evonorm.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.evonorm.export.ExportFormat;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.network.PyTorchNetwork;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.text.Quotation;
import picocli.CommandLine.Option;

/** The options of {@code export --format pytorch} for a network with the layer in its places. */
final class WithNetworkOptions {

    private static final int CLASSES = 1000;
    /** As many as the classes of the largest public sets of images, and room. */
    private static final int MOST_CLASSES = 100_000;

    private static final Pattern IDENTIFIER = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");
    /** Python's words, and the libraries that modules import, which a module of the name would hide. */
    private static final Set<String> TAKEN = Set.of(
            "False",
            "None",
            "True",
            "and",
            "as",
            "assert",
            "async",
            "await",
            "break",
            "class",
            "continue",
            "def",
            "del",
            "elif",
            "else",
            "except",
            "finally",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "is",
            "itertools",
            "json",
            "lambda",
            "nonlocal",
            "not",
            "or",
            "pass",
            "pathlib",
            "raise",
            "return",
            "sys",
            "torch",
            "triton",
            "try",
            "typing",
            "while",
            "with",
            "yield");

    @Option(
            names = "--with-network",
            paramLabel = "NAME",
            description = {
                "Write PyTorch code of a network with the layer in its places too: of an anchor network (resnet50, "
                        + "mobilenetv2, efficientnetb0, convnext, vit) or FILE.onnx."
            })
    private Optional<String> network = Optional.empty();

    @Option(
            names = "--width",
            paramLabel = "W",
            description = "Multiplies an anchor's numbers of channels. Default: 1.")
    private Optional<Double> width = Optional.empty();

    @Option(names = "--depth", paramLabel = "D", description = "Multiplies an anchor's numbers of blocks. Default: 1.")
    private Optional<Double> depth = Optional.empty();

    @Option(
            names = "--small-images",
            description = "Give an anchor network the strides for images of 32×32, as in searches, not for 224×224.")
    private boolean small;

    @Option(
            names = "--places",
            paramLabel = "WHICH",
            description =
                    "The normalizations of an ONNX file that are places: activated, all, or names between commas.")
    private Optional<String> places = Optional.empty();

    @Option(names = "--classes", paramLabel = "N", description = "Number of the network's classes. Default: 1000.")
    private Optional<Integer> classes = Optional.empty();

    /** Whether a network is asked for. */
    boolean isAsked() {
        return network.isPresent();
    }

    /**
     * Checks that the options go together.
     *
     * @throws IllegalArgumentException if one is without effect
     */
    void check(ExportFormat format) {
        if (network.isEmpty()) {
            boolean others = small || Stream.of(width, depth, places, classes).anyMatch(Optional::isPresent);
            if (others) {
                throw new IllegalArgumentException(
                        "--width, --depth, --small-images, --places and --classes are for --with-network NAME; leave them"
                                + " out, or name a network");
            }
        } else if (format != ExportFormat.PYTORCH) {
            throw new IllegalArgumentException(
                    "--with-network is for --format pytorch; leave it out for " + format.symbol());
        } else if (named().isFile() && (small || width.isPresent() || depth.isPresent())) {
            throw new IllegalArgumentException(
                    "--width, --depth and --small-images are for anchor networks; leave them out,"
                            + " and export the model in another size");
        } else if (!named().isFile() && places.isPresent()) {
            throw new IllegalArgumentException("--places is for networks from ONNX files; leave it out");
        }
    }

    private NamedNetwork named() {
        return new NamedNetwork(network.orElseThrow());
    }

    /** The file beside the layer's module, whose Python name it begins with. */
    Path fileBeside(Path module, String stem) {
        return module.resolveSibling(stem + "_" + named().name().replaceAll("[^\\p{L}\\p{N}_]", "_") + ".py");
    }

    /**
     * The source of the network.
     *
     * @param stem the name of the module with the layer
     * @throws IllegalArgumentException if Python cannot import the module, or the network is none
     */
    String write(ExportedLayer layer, Path module, String stem) {
        if (!module.toString().endsWith(".py") || !IDENTIFIER.matcher(stem).matches() || TAKEN.contains(stem)) {
            throw new IllegalArgumentException(
                    "the network's code imports the layer's module, and Python imports none from "
                            + Quotation.of(module.getFileName().toString())
                            + "; give --output a name of letters, digits and underscores that ends in .py, and is no word of"
                            + " Python nor the name of a library");
        }
        return PyTorchNetwork.write(network(), layer, stem);
    }

    private Network network() {
        int count = classes.orElse(CLASSES);
        if (count > MOST_CLASSES) {
            throw new IllegalArgumentException(
                    "--classes " + count + " are more than " + MOST_CLASSES + "; give fewer");
        }
        if (named().isFile()) {
            return named().read(places, count);
        }
        NetworkScale.Variant variant = small ? NetworkScale.Variant.CIFAR : NetworkScale.Variant.FULL;
        return named().anchor(new NetworkScale(width.orElse(1.0), depth.orElse(1.0), variant), count);
    }
}
