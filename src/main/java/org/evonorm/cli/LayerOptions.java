package org.evonorm.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** The option that names the layers of a command. */
final class LayerOptions {

    @Option(
            names = {"--layer", "--layers"},
            required = true,
            arity = "1..*",
            paramLabel = "LAYER",
            converter = NamedLayer.Converter.class,
            description = "Name of a known layer, formula, JSON form or FILE.json. May be repeated.")
    private List<NamedLayer> layers;

    /** The layers, in the order given. */
    List<NamedLayer> layers() {
        return layers;
    }
}
