package org.evonorm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.evonorm.export.CheckFile;
import org.evonorm.export.ExportFormat;
import org.evonorm.export.OnnxCheck;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.onnx.OnnxModel;
import org.evonorm.export.onnx.OnnxParameters;
import org.evonorm.graph.NearestName;
import org.evonorm.settings.ProxyDescription;
import org.evonorm.settings.RunConf;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunTables;
import org.evonorm.text.Quotation;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code evonorm export}: writes a layer for other programs. */
@Command(
        name = "export",
        header = {"Writes a layer as a PyTorch, Keras or JAX module, an ONNX model, LaTeX, a drawn graph or JSON.", ""},
        description = {
            "",
            "A module comes with a check file of the cpu engine's values and gradients beside it, and "
                    + "compares itself with that when it is run as a program. An ONNX model has one of values.",
            "With --with-network, PyTorch code of a network that has the layer in its places comes as well.",
            ""
        })
final class ExportCommand implements Callable<Integer> {

    /** The layer to export: named, or a candidate of a run. */
    private static final class Source {

        @Option(
                names = "--layer",
                required = true,
                paramLabel = "LAYER",
                converter = NamedLayer.Converter.class,
                description = "Name of a baseline, formula, JSON form or FILE.json.")
        private Optional<NamedLayer> layer = Optional.empty();

        @ArgGroup(exclusive = false)
        private Found found;
    }

    /** A candidate of a run. */
    private static final class Found {

        @Option(
                names = "--run",
                required = true,
                paramLabel = "FOLDER",
                description = "Folder of a run, on any file system that Hadoop knows.")
        private String run;

        @Option(
                names = "--candidate",
                required = true,
                paramLabel = "ID",
                description = "Id of one of its candidates, or as many first digits as no other has.")
        private String candidate;
    }

    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            converter = FormatConverter.class,
            description = "pytorch, keras, jax, onnx, latex, dot (for Graphviz) or json.")
    private ExportFormat format;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = {
                "File to write; a check file is named after it. Without it, modules and models get a name after the "
                        + "layer, in this folder, and the rest is printed."
            })
    private Optional<Path> output;

    @Option(
            names = "--convention",
            paramLabel = "NAME",
            defaultValue = "evonorm",
            converter = ConventionConverter.class,
            description = {
                "evonorm (eps in roots and divisors, groups of 8 channels), or for modules of baselines paper "
                        + "(as the paper's code: eps in roots alone, 32 groups); default: evonorm."
            })
    private Convention convention;

    @Mixin
    private OnnxOptions onnx;

    @Mixin
    private WithNetworkOptions with;

    @Option(names = "--force", description = "Replace files that exist.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        with.check(format);
        output.ifPresent(file -> requireNew(OutputFile.require(file)));
        ExportedLayer layer =
                source.layer.map(named -> ExportedLayer.of(named.layer())).orElseGet(() -> candidate(source.found));
        if (convention != Convention.EVONORM) {
            if (!format.isModule() && format != ExportFormat.ONNX) {
                throw new IllegalArgumentException(
                        "--convention is for modules and models (pytorch, keras, jax, onnx); leave it out for "
                                + format.symbol());
            }
            layer = layer.by(convention);
        }
        if (format == ExportFormat.ONNX) {
            OnnxParameters parameters = onnx.parameters(layer);
            write(
                    layer,
                    OnnxModel.write(layer, parameters, onnx.layout()),
                    OnnxCheck.write(layer, parameters, onnx.layout()));
            return 0;
        }
        onnx.requireNone(format);
        String text = format.write(layer);
        if (format.isModule()) {
            write(layer, text.getBytes(StandardCharsets.UTF_8), CheckFile.write(layer));
        } else if (output.isPresent()) {
            requireNew(output.get());
            write(output.get(), text.getBytes(StandardCharsets.UTF_8));
            print("Wrote " + output.get() + ".\n");
        } else {
            print(text);
        }
        return 0;
    }

    /** Writes a module or model and its check file. */
    private void write(ExportedLayer layer, byte[] content, String checks) throws IOException {
        String suffix = format.isModule() ? "_" + format.symbol() : "";
        Path file = output.orElse(Path.of(layer.fileName() + suffix + "." + format.extension()));
        String stem = withoutExtension(file);
        Path check = file.resolveSibling(stem + ".check.json");
        requireNew(file);
        requireNew(check);
        if (with.isAsked()) {
            Path network = with.fileBeside(file, stem);
            requireNew(network);
            write(network, with.write(layer, file, stem).getBytes(StandardCharsets.UTF_8));
            print("Wrote " + network + ". python " + network + " tries it.\n");
        }
        write(file, content);
        write(check, checks.getBytes(StandardCharsets.UTF_8));
        print("Wrote " + file + " and " + check + "."
                + (format.isModule() ? " python " + file + " compares the two." : "") + "\n");
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }

    private static ExportedLayer candidate(Found found) {
        RunFolder folder = RunFolder.at(found.run, HadoopConfiguration.ofProperties());
        // Refuses a folder without a run, and a run.conf that includes other files.
        ProxyDescription proxy = ProxyDescription.of(RunConf.settings(folder));
        return ExportedLayer.of(
                found.run,
                RunTables.open(folder).candidate(found.candidate.strip().toLowerCase(Locale.ROOT)),
                proxy);
    }

    /** The file's name without its last extension, as Python's {@code Path.with_suffix} takes it. */
    private static String withoutExtension(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private void requireNew(Path file) {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a folder; name another file with --output");
        }
        if (!force && Files.exists(file)) {
            throw new IllegalArgumentException(
                    file + " exists; name another file with --output, or replace it with --force");
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw OutputFile.failure(file, e);
        }
    }

    /** Reads conventions by their symbols. */
    static final class ConventionConverter implements ITypeConverter<Convention> {
        @Override
        public Convention convert(String text) {
            return Arrays.stream(Convention.values())
                    .filter(convention -> convention.symbol().equalsIgnoreCase(text.strip()))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "there is no convention " + Quotation.of(text) + "; known are evonorm, paper"));
        }
    }

    /** Reads formats by their symbols. */
    static final class FormatConverter implements ITypeConverter<ExportFormat> {
        @Override
        public ExportFormat convert(String text) {
            return Arrays.stream(ExportFormat.values())
                    .filter(format -> format.symbol().equalsIgnoreCase(text.strip()))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("there is no format " + Quotation.of(text)
                            + "; known are " + String.join(", ", symbols())
                            + NearestName.question(text, symbols())));
        }

        private static List<String> symbols() {
            return Arrays.stream(ExportFormat.values())
                    .map(ExportFormat::symbol)
                    .toList();
        }
    }
}
