package org.evonorm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.evonorm.text.ListText;
import org.evonorm.text.Quotation;
import org.evonorm.text.Utf8;

/**
 * The files of seed layers, with one name or formula per line. Empty lines and lines that start with {@code #} do not
 * count.
 */
final class SeedFile {

    /** Arguments that can only be names of files, since names and formulas of layers contain no full stop. */
    private static final Pattern FILE_NAME = Pattern.compile("[^()\\s]+\\.\\w+");

    private SeedFile() {}

    /**
     * The layers of all arguments, each of which is a file or a layer itself.
     *
     * @throws IllegalArgumentException if a file holds no layer, or an argument that can only name a file names none
     * @throws IOException if a file cannot be read
     */
    static List<String> read(List<String> arguments) throws IOException {
        List<String> layers = new ArrayList<>();
        for (String argument : arguments) {
            for (String item : isFile(argument) ? List.of(argument) : ListText.items(argument)) {
                layers.addAll(isFile(item) ? lines(item) : List.of(layer(item)));
            }
        }
        if (layers.isEmpty()) {
            throw new IllegalArgumentException(
                    "--seed-layers names nothing; give at least one layer, or leave the option out");
        }
        return layers;
    }

    private static String layer(String item) {
        if (FILE_NAME.matcher(item).matches()) {
            throw new IllegalArgumentException("--seed-layers: there is no file " + Quotation.shown(item)
                    + "; name a file of layers, a baseline or a formula");
        }
        return item;
    }

    private static List<String> lines(String file) throws IOException {
        List<String> layers = Utf8.read(Path.of(file))
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .flatMap(line -> ListText.items(line).stream())
                .toList();
        if (layers.isEmpty()) {
            throw new IllegalArgumentException(
                    "the file " + Quotation.shown(file) + " holds no layers; write one formula per line");
        }
        return layers;
    }

    private static boolean isFile(String argument) {
        try {
            return Files.isRegularFile(Path.of(argument));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
