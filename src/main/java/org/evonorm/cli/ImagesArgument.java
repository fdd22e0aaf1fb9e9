package org.evonorm.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.files.ImageFiles;
import org.evonorm.graph.NearestName;
import org.evonorm.text.Quotation;
import picocli.CommandLine.Option;

/** The options that name images: the embedded ones, or files of any format, which the files themselves tell. */
final class ImagesArgument {

    private static final String SYNTHETIC = "synthetic";

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description = {
                "synthetic: the embedded images, which need no download.",
                "FOLDER or FILE: CIFAR-10 or CIFAR-100 in its binary version (a folder or .tar.gz), a folder with one "
                        + "sub-folder of images per class, arrays of NumPy (.npz, .npy), or Parquet with encoded "
                        + "images."
            })
    private String text;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            description = {
                "Side of the squares to which images of files are resized. Default: their own size, which must be one."
            })
    private Optional<Integer> size;

    /**
     * Refuses impossible options, before anything else is done.
     *
     * @throws IllegalArgumentException if the options name nothing, or a size that images cannot have
     */
    void check() {
        if (text.isBlank()) {
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
        return isSynthetic() ? "drawing images" : "reading images from " + name();
    }

    /** Whether the argument names the embedded images. */
    boolean isSynthetic() {
        return name().equals(SYNTHETIC);
    }

    private String name() {
        return text.strip();
    }

    /**
     * The images in files, not read yet.
     *
     * @throws IllegalArgumentException if there are no images, or the argument is a misspelt {@code synthetic}
     */
    ImageCollection files() {
        Configuration hadoop = HadoopConfiguration.ofProperties();
        String path = name();
        String question = NearestName.question(path, List.of(SYNTHETIC));
        if (!question.isEmpty() && !ImageFiles.exists(path, hadoop)) {
            throw new IllegalArgumentException("there is no file or folder " + Quotation.shown(path) + question);
        }
        OptionalInt side = size.map(OptionalInt::of).orElse(OptionalInt.empty());
        return ImageFiles.open(ImageFiles.detect(path, hadoop), path, side, hadoop);
    }
}
