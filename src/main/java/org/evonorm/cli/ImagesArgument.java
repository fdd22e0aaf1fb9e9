package org.evonorm.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.files.ImageFiles;
import org.evonorm.graph.NearestName;
import org.evonorm.text.Quotation;

/** The argument of {@code --data}: the embedded images, or files of any format, which the files themselves tell. */
final class ImagesArgument {

    private static final String SYNTHETIC = "synthetic";

    private final String text;
    private final OptionalInt size;

    /**
     * The argument of an option.
     *
     * @param size side to which images of files are resized; empty for images that agree in size
     */
    ImagesArgument(String text, Optional<Integer> size) {
        this.text = text.strip();
        this.size = size.map(OptionalInt::of).orElse(OptionalInt.empty());
        if (this.text.isEmpty()) {
            throw new IllegalArgumentException(
                    "--data names nothing; give " + SYNTHETIC + ", or the folder or file of images");
        }
        size.ifPresent(side -> Limits.between("--image-size", 1, ImageFiles.MOST_SIDE, side));
        if (isSynthetic() && size.isPresent()) {
            throw new IllegalArgumentException("--image-size is for images in files; the embedded ones are 32×32");
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
     * The images in files, not read yet.
     *
     * @throws IllegalArgumentException if there are no images, or the argument is a misspelt {@code synthetic}
     */
    ImageCollection files() {
        Configuration hadoop = HadoopConfiguration.ofProperties();
        String question = NearestName.question(text, List.of(SYNTHETIC));
        if (!question.isEmpty() && !ImageFiles.exists(text, hadoop)) {
            throw new IllegalArgumentException("there is no file or folder " + Quotation.shown(text) + question);
        }
        return ImageFiles.open(ImageFiles.detect(text, hadoop), text, size, hadoop);
    }
}
