package org.evonorm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

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
            if (!isFile(argument)) {
                if (FILE_NAME.matcher(argument).matches()) {
                    throw new IllegalArgumentException("--seed-layers: there is no file " + argument
                            + "; name a file of layers, a baseline or a formula");
                }
                layers.add(argument);
                continue;
            }
            List<String> lines = Files.readAllLines(Path.of(argument)).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
            if (lines.isEmpty()) {
                throw new IllegalArgumentException(
                        "the file " + argument + " holds no layers; write one formula per line");
            }
            layers.addAll(lines);
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
