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
            converter = NamedLayer.ListConverter.class,
            description = {
                "Names of baselines, formulas, JSON forms or FILE.json, between commas or blanks; "
                        + "blanks around operators belong to the formula."
            })
    private List<NamedLayer.Some> layers;

    /** The layers, in the order given. */
    List<NamedLayer> layers() {
        List<NamedLayer> all =
                layers.stream().flatMap(some -> some.layers().stream()).toList();
        Limits.notEmpty("--layer", all);
        return all;
    }
}
