package org.evonorm.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.evonorm.cli.measure.LayerErrors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code evonorm check}: checks values and gradients of a layer. */
@Command(
        name = "check",
        header = {"Checks the values and gradients of a layer against finite differences and float64.", ""},
        description = {
            "",
            "On random inputs, the gradients of the float64 reference are compared with central finite "
                    + "differences, and the cpu engine with the reference, in training and evaluation mode. Errors are "
                    + "relative to a value's size plus the mean size in its tensor, plus, where these are small, the "
                    + "size of the layer's other gradients and of the terms that cancel in the value. The exit status "
                    + "is 1 where one is above the tolerance.",
            ""
        })
final class CheckCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private LayerOptions layers;

    @Option(
            names = "--tolerance",
            paramLabel = "E",
            defaultValue = "1e-4",
            description = "Largest relative error that passes. Default: ${DEFAULT-VALUE}.")
    private double tolerance;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Gives the random inputs. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() {
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException("--tolerance must be a number of at least 0, not " + tolerance);
        }
        TextTable table = new TextTable(
                "layer", "finite differences", "engine values", "engine gradients", "engine evaluation", "");
        boolean allPass = true;
        for (NamedLayer layer : layers.layers()) {
            LayerErrors errors = Progress.during("checking " + layer.name(), () -> LayerErrors.of(layer.layer(), seed));
            boolean passes = errors.largest() <= tolerance;
            allPass &= passes;
            table.row(
                    layer.name(),
                    text(errors.finiteDifferences()),
                    text(errors.values()),
                    text(errors.gradients()),
                    text(errors.evaluation()),
                    passes ? "passes" : "fails");
        }
        PrintWriter out = spec.commandLine().getOut();
        table.print(out);
        return allPass ? 0 : 1;
    }

    private static String text(double error) {
        return String.format(Locale.ROOT, "%.1e", error);
    }
}
