package org.evonorm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Files of layers, one name or formula a line; empty lines and lines that start with {@code #} do not count. */
final class SeedFile {

    /** No layer's name or formula holds a full stop. */
    private static final Pattern FILE_NAME = Pattern.compile("[^()\\s]+\\.\\w+");

    private SeedFile() {}

    /**
     * The layers of each argument, which is a file or a layer itself.
     *
     * @throws IllegalArgumentException if a file holds no layer, or what can only be a file's name names none
     * @throws IOException if a file cannot be read
     */
    static List<String> read(List<String> arguments) throws IOException {
        List<String> layers = new ArrayList<>();
        for (String argument : arguments) {
            if (!isFile(argument)) {
                if (FILE_NAME.matcher(argument).matches()) {
                    throw new IllegalArgumentException("--seed-layers: there is no file " + argument
                            + "; name a file of layers, a known layer or a formula");
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
                        "the file " + argument + " holds no layers; write one formula a line");
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
