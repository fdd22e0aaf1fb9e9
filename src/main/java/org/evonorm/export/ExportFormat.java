package org.evonorm.export;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.python.JaxModule;
import org.evonorm.export.python.KerasModule;
import org.evonorm.export.python.PyTorchModule;
import org.evonorm.graph.LayerJson;

/** The formats that a layer can be exported in. */
public enum ExportFormat {
    /** A {@code torch.nn.Module}. */
    PYTORCH("py"),
    /** A {@code keras.layers.Layer}, for every backend of Keras 3. */
    KERAS("py"),
    /** A class of pure functions of parameters and state, for JAX alone. */
    JAX("py"),
    /** A model for ONNX Runtime and others, in evaluation mode. */
    ONNX("onnx"),
    /** An equation for math mode with amsmath. */
    LATEX("tex"),
    /** A Graphviz graph. */
    DOT("dot"),
    /** The JSON form that commands and settings read. */
    JSON("json");

    private final String extension;

    ExportFormat(String extension) {
        this.extension = extension;
    }

    /** The name of the format on the command line. */
    public String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The extension of file names, without the dot. */
    public String extension() {
        return extension;
    }

    /** Whether the format is a Python module, which has a check file. */
    public boolean isModule() {
        return this == PYTORCH || this == KERAS || this == JAX;
    }

    /** Whether the format is text, which a layer alone determines; an ONNX model holds parameters too. */
    public boolean isText() {
        return this != ONNX;
    }

    /** All formats that are text. */
    public static List<ExportFormat> texts() {
        return Arrays.stream(values()).filter(ExportFormat::isText).toList();
    }

    /**
     * The layer in this format, with a line break at the end.
     *
     * @throws IllegalArgumentException if the format is no {@linkplain #isText text}
     */
    public String write(ExportedLayer exported) {
        return switch (this) {
            case PYTORCH -> PyTorchModule.write(exported);
            case KERAS -> KerasModule.write(exported);
            case JAX -> JaxModule.write(exported);
            case ONNX -> throw new IllegalArgumentException("a model needs parameters, so OnnxModel writes it");
            case LATEX -> LatexFile.write(exported);
            case DOT -> DotGraph.write(exported);
            case JSON -> LayerJson.write(exported.layer()) + "\n";
        };
    }
}
