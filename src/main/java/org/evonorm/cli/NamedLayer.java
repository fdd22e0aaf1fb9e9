package org.evonorm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Formula;
import org.evonorm.graph.FormulaException;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.LayerName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A layer given on the command line: the name of a baseline, a formula, the JSON form, or a file that ends in
 * {@code .json} and holds the JSON form.
 *
 * @param name name in tables: the baseline's name, or the formula
 */
public record NamedLayer(String name, Layer layer) {

    private static final String JSON_SUFFIX = ".json";

    /**
     * Reads a layer.
     *
     * @throws IllegalArgumentException if the text or its file names no layer
     * @throws IOException if its file cannot be read
     */
    static NamedLayer parse(String text) throws IOException {
        String stripped = text.strip();
        if (stripped.endsWith(JSON_SUFFIX)) {
            return fromJson(Files.readString(Path.of(stripped)), stripped + ": ");
        }
        if (stripped.startsWith("{")) {
            return fromJson(stripped, "");
        }
        Layer layer = LayerName.parse(stripped);
        return new NamedLayer(
                Baselines.names().stream()
                        .filter(stripped::equalsIgnoreCase)
                        .findFirst()
                        .orElseGet(() -> Formula.print(layer)),
                layer);
    }

    private static NamedLayer fromJson(String json, String place) {
        try {
            Layer layer = LayerJson.read(json);
            return new NamedLayer(Formula.print(layer), layer);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + e.getMessage(), e);
        }
    }

    /** Reads the value of an option, and points at the column of an error in a formula. */
    static final class Converter implements ITypeConverter<NamedLayer> {
        @Override
        public NamedLayer convert(String text) {
            try {
                return parse(text);
            } catch (IOException e) {
                throw new TypeConversionException(Failure.sentence(e));
            } catch (IllegalArgumentException e) {
                String pointer = e.getCause() instanceof FormulaException formula
                        ? System.lineSeparator() + formula.pointer().indent(2).stripTrailing()
                        : "";
                throw new TypeConversionException(e.getMessage() + pointer);
            }
        }
    }
}
