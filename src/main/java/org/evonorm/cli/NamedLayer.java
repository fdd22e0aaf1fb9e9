package org.evonorm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Formula;
import org.evonorm.graph.FormulaException;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.LayerName;
import org.evonorm.text.ListText;
import org.evonorm.text.Quotation;
import org.evonorm.text.Utf8;
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
    /** The id of a candidate of a run, or the first digits of one. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{6,16}");

    /**
     * Reads a layer.
     *
     * @throws IllegalArgumentException if the text or its file names no layer
     * @throws IOException if its file cannot be read
     */
    static NamedLayer parse(String text) throws IOException {
        String stripped = text.strip();
        if (stripped.endsWith(JSON_SUFFIX)) {
            return fromJson(Utf8.read(Path.of(stripped)), Quotation.shown(stripped) + ": ");
        }
        if (stripped.startsWith("{")) {
            return fromJson(stripped, "");
        }
        Layer layer = named(stripped);
        return new NamedLayer(
                Baselines.names().stream()
                        .filter(stripped::equalsIgnoreCase)
                        .findFirst()
                        .orElseGet(() -> Formula.print(layer)),
                layer);
    }

    private static Layer named(String nameOrFormula) {
        try {
            return LayerName.parse(nameOrFormula);
        } catch (IllegalArgumentException e) {
            if (!ID.matcher(nameOrFormula).matches()) {
                throw e;
            }
            throw new IllegalArgumentException(
                    "there is no layer " + nameOrFormula
                            + "; if it is the id of a candidate, evonorm export --run FOLDER" + " --candidate "
                            + nameOrFormula + " reads the layer from the run in FOLDER",
                    e);
        }
    }

    private static NamedLayer fromJson(String json, String place) {
        try {
            Layer layer = LayerJson.read(json);
            return new NamedLayer(Formula.print(layer), layer);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + e.getMessage(), e);
        }
    }

    /**
     * Reads the layers of a list, as {@link ListText} divides it.
     *
     * @throws IllegalArgumentException if the text or a file names no layer
     * @throws IOException if a file cannot be read
     */
    static List<NamedLayer> parseAll(String text) throws IOException {
        List<NamedLayer> layers = new ArrayList<>();
        for (String item : isFile(text.strip()) ? List.of(text) : ListText.items(text)) {
            layers.add(parse(item));
        }
        return List.copyOf(layers);
    }

    private static boolean isFile(String text) {
        try {
            return text.endsWith(JSON_SUFFIX) && Files.isRegularFile(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** The layers of one argument of an option. */
    record Some(List<NamedLayer> layers) {}

    /** Reads the value of an option with one layer, and points at the column of an error in a formula. */
    static final class Converter implements ITypeConverter<NamedLayer> {
        @Override
        public NamedLayer convert(String text) {
            return reading(() -> parse(text));
        }
    }

    /** Reads the value of an option with any number of layers, as {@link Converter}. */
    static final class ListConverter implements ITypeConverter<Some> {
        @Override
        public Some convert(String text) {
            return reading(() -> new Some(parseAll(text)));
        }
    }

    /** A reader of layers. */
    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> T reading(Reading<T> reading) {
        try {
            return reading.read();
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
