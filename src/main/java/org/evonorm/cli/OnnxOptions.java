package org.evonorm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.evonorm.export.ExportFormat;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.onnx.OnnxLayout;
import org.evonorm.export.onnx.OnnxParameters;
import org.evonorm.text.Quotation;
import org.evonorm.text.Utf8;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of {@code export --format onnx}: what an ONNX model says beside the layer. */
final class OnnxOptions {

    @Option(
            names = "--channels",
            paramLabel = "C",
            description = "Number of channels of an ONNX model with the parameters of a new layer.")
    private Optional<Integer> channels = Optional.empty();

    @Option(
            names = "--parameters",
            paramLabel = "FILE",
            description = {
                "JSON file of an ONNX model's trained parameters and running statistics: an array per name, as in the "
                        + "state_dict of the PyTorch module. Instead of --channels."
            })
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--layout",
            paramLabel = "DIMS",
            converter = LayoutConverter.class,
            description =
                    "Dimensions of an ONNX model's input: NCHW, NHWC, NCL, NLC (tokens), NCDHW or NDHWC; default: NCHW.")
    private Optional<OnnxLayout> layout = Optional.empty();

    /** The layout of the model's input. */
    OnnxLayout layout() {
        return layout.orElse(OnnxLayout.NCHW);
    }

    /**
     * The parameters of the model.
     *
     * @throws IllegalArgumentException if the options do not say them, or the file does not hold the layer's
     * @throws IOException if the file cannot be read
     */
    OnnxParameters parameters(ExportedLayer exported) throws IOException {
        if (channels.isPresent() == file.isPresent()) {
            throw new IllegalArgumentException(
                    "--format onnx needs either --channels C, for the parameters of a new layer,"
                            + " or --parameters FILE, for trained ones");
        }
        return file.isPresent()
                ? OnnxParameters.read(
                        exported,
                        Utf8.read(file.get()),
                        Quotation.shown(file.get().toString()))
                : OnnxParameters.initial(exported, channels.get());
    }

    /** Refuses the options with another format, which would ignore them. */
    void requireNone(ExportFormat format) {
        if (channels.isPresent() || file.isPresent() || layout.isPresent()) {
            throw new IllegalArgumentException(
                    "--channels, --parameters and --layout are for --format onnx; leave them out" + " for "
                            + format.symbol());
        }
    }

    /** Reads layouts by their names. */
    static final class LayoutConverter implements ITypeConverter<OnnxLayout> {
        @Override
        public OnnxLayout convert(String text) {
            return OnnxLayout.of(text)
                    .orElseThrow(() -> new TypeConversionException(
                            "there is no layout " + Quotation.of(text) + "; known are " + OnnxLayout.names()));
        }
    }
}
