package org.evonorm.data.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.Images;
import org.evonorm.data.files.picture.EncodedPicture;
import org.evonorm.data.files.picture.TestPictures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

    @TempDir
    private Path root;

    private ImageCollection open(int size) {
        OptionalInt side = size == 0 ? OptionalInt.empty() : OptionalInt.of(size);
        return ImageFiles.open(ImageFormat.FOLDER, root.toString(), side, new Configuration());
    }

    private String refusal() {
        return assertThrows(IllegalArgumentException.class, () -> {
                    ImageCollection images = open(0);
                    images.allTraining();
                    images.allTest();
                })
                .getMessage();
    }

    private void classes(String part, int count, String... names) throws IOException {
        for (String name : names) {
            TestPictures.write(root.resolve(part).resolve(name), count);
        }
    }

    @Test
    void classesAreNumberedInTheOrderOfTheirNamesAndFilesInTheOrderOfTheirPaths() throws IOException {
        for (String file :
                List.of("dog/b.PNG", "dog/a.png", "cat/deep/er/x.png", "cat/a.jpeg", "cat/notes.txt", "cat/.p.png")) {
            Path path = root.resolve("train").resolve(file);
            Files.createDirectories(path.getParent());
            Files.write(path, TestPictures.png(6, 10, file.hashCode()));
        }
        classes("val", 2, "cat", "dog");
        for (Path file : List.of(root.resolve("val/cat/image0.png"), root.resolve("val/dog/image1.png"))) {
            Files.write(file, TestPictures.png(6, 10, 1));
        }
        Files.delete(root.resolve("val/cat/image1.png"));
        Files.delete(root.resolve("val/dog/image0.png"));
        ImageCollection images = open(0);
        assertEquals(List.of("cat", "dog"), images.classNames());
        assertEquals(2, images.classes());
        Images training = images.allTraining();
        assertEquals("6 10", training.height() + " " + training.width());
        assertArrayEquals(new short[] {0, 0, 1, 1}, training.labels());
        assertArrayEquals(
                EncodedPicture.decode("", TestPictures.png(6, 10, "dog/a.png".hashCode()))
                        .pixels(),
                training.select(new int[] {2}).pixels());
        assertArrayEquals(new short[] {0, 1}, images.allTest().labels());
    }

    @Test
    void aFolderWithoutTestImagesGivesASixthOfItsOwn() throws IOException {
        classes("", 30, "a", "b");
        classes("", 6, "c");
        ImageCollection images = open(0);
        assertEquals(55, images.training().count());
        int[] counts = new int[3];
        for (short label : images.test().labels()) {
            counts[label]++;
        }
        assertArrayEquals(new int[] {5, 5, 1}, counts);
        assertArrayEquals(open(0).test().labels(), images.test().labels());
        assertArrayEquals(open(0).allTest().pixels(), images.allTest().pixels());
    }

    @Test
    void linksInACircleEnd() throws IOException {
        classes("", 30, "a", "b");
        Files.createSymbolicLink(root.resolve("a/other"), root.resolve("b"));
        Files.createSymbolicLink(root.resolve("b/other"), root.resolve("a"));
        Files.createSymbolicLink(root.resolve("b/nowhere"), root.resolve("c"));
        ImageCollection images = open(0);
        // Each class has the other one's images once.
        assertEquals(120, images.training().count() + images.test().count());
    }

    @Test
    void aLinkToAFolderAboveCountsNoImageTwice() throws IOException {
        classes("", 30, "a", "b");
        int count = open(0).training().count();
        Files.createSymbolicLink(root.resolve("a/again"), root.resolve("a"));
        Files.createSymbolicLink(root.resolve("b/all"), root);
        Files.move(root.resolve("a/image0.png"), root.resolve("a/image0.jfif"));
        assertEquals(count, open(0).training().count());
    }

    @Test
    void mixedSizesAreResizedOrRefusedWithTheNamesOfTwoFiles() throws IOException {
        classes("", 3, "a", "b");
        Files.write(root.resolve("b/image1.png"), TestPictures.png(8, 9, 1));
        String message = refusal();
        assertTrue(message.contains("b/image1.png has 8×9 pixels and not 8×8 as " + root + "/a/image0.png"), message);
        assertTrue(message.endsWith("; set data.image-size (--image-size), so that images are resized"), message);
        Images resized = open(4).allTraining();
        assertEquals(4 * 4 * 3 * 5, resized.pixels().length);
    }

    @Test
    void testImagesHaveTheSizeOfTrainingImages() throws IOException {
        classes("train", 2, "a", "b");
        classes("val", 2, "a", "b");
        for (String file : List.of("a/image0.png", "a/image1.png", "b/image0.png", "b/image1.png")) {
            Files.write(root.resolve("val").resolve(file), TestPictures.png(6, 6, 1));
        }
        assertTrue(
                refusal()
                        .startsWith(root + "/val/a/image0.png has 6×6 pixels and not 8×8 as " + root
                                + "/train/a/image0.png"),
                refusal());
    }

    /** Selections agree with the whole, whatever their size. */
    @Test
    void selectionsEqualTheWhole() throws IOException {
        classes("train", 300, "a", "b");
        classes("test", 1, "a", "b");
        ImageCollection images = open(5);
        Images all = images.allTraining();
        int[] some = {0, 7, 255, 256, 299, 300, 599};
        assertArrayEquals(
                all.select(some).pixels(), images.training().select(some).pixels());
        assertArrayEquals(
                all.select(some).labels(), images.training().select(some).labels());
        assertEquals(0, images.training().select(new int[0]).count());
    }

    @Test
    void theFirstDamagedFileIsNamed() throws IOException {
        classes("train", 100, "a", "b");
        classes("val", 1, "a", "b");
        for (String damaged : List.of("train/b/image7.png", "train/b/image55.png")) {
            byte[] bytes = Files.readAllBytes(root.resolve(damaged));
            Files.write(root.resolve(damaged), Arrays.copyOf(bytes, bytes.length / 2));
        }
        assertTrue(refusal().startsWith(root + "/train/b/image55.png is cut short;"), refusal());
        Files.writeString(root.resolve("train/a/image50.png"), "no picture", StandardCharsets.UTF_8);
        assertTrue(refusal().startsWith(root + "/train/a/image50.png is no PNG"), refusal());
    }

    @Test
    void foldersThatAreNoneAreRefused() throws IOException {
        assertTrue(refusal().contains("has 0 sub-folders"), refusal());
        classes("", 2, "only");
        assertTrue(refusal().contains("has 1 sub-folder;"), refusal());
        Files.createDirectories(root.resolve("empty"));
        assertTrue(refusal().startsWith("the class folder " + root + "/empty has no PNG"), refusal());
        Files.writeString(root.resolve("empty/notes.txt"), "");
        assertTrue(refusal().startsWith("the class folder " + root + "/empty has no PNG"), refusal());
        Files.writeString(root.resolve("empty/photo.WebP"), "");
        assertTrue(refusal().startsWith(root + "/empty/photo.WebP is an image of the kind WEBP"), refusal());
        root = root.resolve("nowhere");
        assertTrue(refusal().startsWith("there is no folder " + root), refusal());
    }

    @Test
    void partsWithOtherClassesAreRefused() throws IOException {
        classes("train", 2, "a", "b");
        classes("val", 2, "a", "c");
        assertTrue(refusal().startsWith(root + "/val/c is of no class"), refusal());
        classes("train", 2, "c");
        assertTrue(refusal().contains("/val has no folder b, which the training images have"), refusal());
    }

    @Test
    void moreThanAThousandClassesAreRefused() throws IOException {
        for (int i = 0; i < 1001; i++) {
            Files.createDirectories(root.resolve("class" + i));
        }
        assertTrue(refusal().contains("has 1001 class folders, more than 1000"), refusal());
    }
}
