package org.evonorm.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.evonorm.data.CifarFiles;
import org.evonorm.graph.NearestName;

/** The argument of {@code --data}: the embedded images, or files of CIFAR. */
final class ImagesArgument {

    private static final String SYNTHETIC = "synthetic";

    private final String text;

    ImagesArgument(String text) {
        this.text = text.strip();
        if (this.text.isEmpty()) {
            throw new IllegalArgumentException(
                    "--data names nothing; give " + SYNTHETIC + ", or the folder or .tar.gz of the CIFAR binary files");
        }
    }

    /** The work of getting the images, in words. */
    String work() {
        return isSynthetic() ? "drawing images" : "reading images from " + text;
    }

    /** Whether the argument names the embedded images. */
    boolean isSynthetic() {
        return text.equals(SYNTHETIC);
    }

    /**
     * The location of the files.
     *
     * @throws IllegalArgumentException if the argument is a misspelt {@code synthetic}
     */
    Path path() {
        Path path = Path.of(text);
        String question = NearestName.question(text, List.of(SYNTHETIC));
        if (!Files.exists(path) && !question.isEmpty()) {
            throw new IllegalArgumentException("there is no file or folder " + text + question);
        }
        return path;
    }

    /** Reads the files. */
    CifarFiles files() {
        return CifarFiles.read(path());
    }
}
