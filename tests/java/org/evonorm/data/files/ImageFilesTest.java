package org.evonorm.data.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.Images;
import org.evonorm.data.files.parquet.ParquetImages;
import org.evonorm.data.files.picture.ResizedSet;
import org.evonorm.data.files.picture.TestPictures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageFilesTest {

    private static final Configuration HADOOP = new Configuration();

    @TempDir
    private Path root;

    @ParameterizedTest
    @CsvSource({
        "data_batch_1.bin, CIFAR",
        "cifar-100-binary/train.bin, CIFAR",
        "x_train.npy, NUMPY",
        "set.npz, NUMPY",
        "train-0.parquet, PARQUET",
        "data/train-0.parquet, PARQUET",
        "training/part-00000.parquet, PARQUET",
        "train/cat/1.png, FOLDER",
        "cat/1.png, FOLDER"
    })
    void theFilesOfAFolderTellTheFormat(String file, ImageFormat expected) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.createFile(root.resolve(file));
        assertEquals(expected, ImageFiles.detect(root.toString(), HADOOP));
    }

    @ParameterizedTest
    @CsvSource({"cifar.tar.gz, CIFAR", "set.npz, NUMPY", "x.npy, NUMPY", "all.parquet, PARQUET"})
    void theNameOfAFileTellsTheFormat(String file, ImageFormat expected) throws IOException {
        Files.createFile(root.resolve(file));
        assertEquals(expected, ImageFiles.detect(root.resolve(file).toString(), HADOOP));
    }

    @Test
    void nothingIsRefused() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ImageFiles.detect(root.toString(), HADOOP))
                .getMessage()
                .contains(" holds no images that are read: "));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ImageFiles.detect(root + "/nowhere", HADOOP))
                .getMessage()
                .startsWith("there is no file or folder "));
    }

    /** The images of a folder, written as Parquet, come back with the names of their classes. */
    @Test
    void writtenImagesEqualTheirSource() throws IOException {
        for (String name : List.of("train/cat", "train/dog", "val/cat", "val/dog")) {
            TestPictures.write(root.resolve("pets").resolve(name), 20);
        }
        ImageCollection pets =
                ImageFiles.open(ImageFormat.FOLDER, root.resolve("pets").toString(), OptionalInt.of(5), HADOOP);
        String written = root.resolve("written").toString();
        ParquetImages.write(pets, written, HADOOP);
        assertEquals(ImageFormat.PARQUET, ImageFiles.detect(written, HADOOP));
        ImageCollection read = ImageFiles.open(ImageFormat.PARQUET, written, OptionalInt.empty(), HADOOP);
        assertEquals(List.of("cat", "dog"), read.classNames());
        assertArrayEquals(pets.allTraining().pixels(), read.allTraining().pixels());
        assertArrayEquals(pets.allTraining().labels(), read.allTraining().labels());
        assertArrayEquals(pets.allTest().pixels(), read.allTest().pixels());
        Images smaller = ImageFiles.open(ImageFormat.PARQUET, written, OptionalInt.of(3), HADOOP)
                .allTraining();
        assertEquals(3, smaller.height());
        assertArrayEquals(new ResizedSet(read.training(), 3).all().pixels(), smaller.pixels());
    }

    /** A fault among the images leaves no part of the output behind. */
    @Test
    void imagesThatCannotBeReadLeaveNoFolder() throws IOException {
        for (String name : List.of("cat", "dog")) {
            TestPictures.write(root.resolve("pets").resolve(name), 20);
        }
        Files.write(root.resolve("pets/dog/image3.png"), new byte[] {1, 2, 3});
        ImageCollection pets =
                ImageFiles.open(ImageFormat.FOLDER, root.resolve("pets").toString(), OptionalInt.empty(), HADOOP);
        Path written = root.resolve("written");
        assertTrue(assertThrows(
                        IllegalArgumentException.class, () -> ParquetImages.write(pets, written.toString(), HADOOP))
                .getMessage()
                .contains("pets/dog/image3.png is no PNG"));
        assertTrue(Files.notExists(written));
    }
}
