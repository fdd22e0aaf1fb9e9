package org.evonorm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.files.parquet.ParquetImages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code evonorm images}: writes images as Parquet, for executors to read. */
@Command(
        name = "images",
        header = {"Writes images as Parquet files, which every executor reads by itself.", ""},
        description = {
            "",
            "Executors otherwise get all images from the driver. Search with data.source = parquet and "
                    + "the folder as data.path.",
            ""
        })
final class ImagesCommand implements Callable<Integer> {

    private static final int SYNTHETIC_TRAINING = 12_000;
    /** Number of synthetic test images, as in the section {@code data} of the settings. */
    private static final int SYNTHETIC_TEST = 2_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ImagesArgument source;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FOLDER",
            description = {"Folder to make, on any file system that Hadoop knows and all machines see."})
    private String output;

    @Option(
            names = "--training",
            paramLabel = "N",
            description = {
                "Synthetic training images to draw, those for validation among them. Default: " + SYNTHETIC_TRAINING
                        + "."
            })
    private Optional<Integer> training;

    @Override
    public Integer call() throws IOException {
        if (training.isPresent() && !source.isSynthetic()) {
            throw new IllegalArgumentException(
                    "--training is for --data synthetic; leave it out, since all images of files are taken");
        }
        Limits.between("--training", 1, Datasets.MOST_SYNTHETIC, training.orElse(SYNTHETIC_TRAINING));
        if (output.isBlank()) {
            throw new IllegalArgumentException("--output names nothing; name a folder to make");
        }
        source.check();
        Configuration hadoop = HadoopConfiguration.ofProperties();
        ParquetImages.requireNew(output, hadoop);
        OutputFile.requireWritableFolder("--output", output, hadoop);
        ImageCollection images = Progress.during(source.work(), this::images);
        Progress.during("writing images to " + output, () -> {
            ParquetImages.write(images, output, hadoop);
            return images;
        });
        spec.commandLine()
                .getOut()
                .println("Wrote " + images.training().count() + " training and "
                        + images.test().count() + " test images of " + images.name() + " to " + output);
        return 0;
    }

    private ImageCollection images() {
        if (source.isSynthetic()) {
            Dataset drawn = Datasets.synthetic(1, training.orElse(SYNTHETIC_TRAINING), 1, SYNTHETIC_TEST);
            return new ImageCollection(drawn.name(), drawn.classes(), List.of(), drawn.training(), drawn.test());
        }
        return source.files();
    }
}
