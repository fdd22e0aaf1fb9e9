package org.evonorm.search.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.data.Dataset;
import org.evonorm.settings.DataSettings;
import org.evonorm.settings.Settings;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFactsTest {

    @TempDir
    private Path root;

    private JavaSparkContext spark;

    @BeforeEach
    void write() throws IOException {
        spark = JavaSparkContext.fromSparkContext(LocalSpark.session(2).sparkContext());
        for (String name : List.of("train/cat", "train/dog", "val/cat", "val/dog")) {
            Path folder = root.resolve(name);
            Files.createDirectories(folder);
            for (int i = 0; i < (name.startsWith("train") ? 400 : 2); i++) {
                BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
                image.setRGB(i % 4, i / 4 % 4, i * 7919 + folder.hashCode());
                ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
            }
        }
    }

    private DataSettings settings(String... overrides) {
        List<String> all = new ArrayList<>(List.of(
                "data.source=folder",
                "data.path=" + root,
                "data.training-images=550",
                "data.validation-images=100",
                "data.seed=5"));
        all.addAll(List.of(overrides));
        return Settings.load(Optional.empty(), all).data();
    }

    @Test
    void factsFromExecutorsAreTheFactsOfTheWhole() {
        DataSettings data = settings("data.image-size=6");
        Dataset whole = data.load();
        assertEquals(whole.facts(), SharedFacts.read(spark, data, 0));
        assertEquals(550, whole.training().count());
        assertEquals(0, whole.test().count());
        Dataset held = data.withHeldOut(whole, 60);
        assertEquals(held.facts(), SharedFacts.read(spark, data, 60));
        assertEquals(4, held.test().count());
        assertEquals(whole.facts(), SearchImages.read(spark, data).facts());
        assertEquals(
                held.facts(), SearchImages.read(spark, data).withHeldOut(60).facts());
    }

    /** A task on an executor that has read nothing gets the whole, or its part. */
    @Test
    void executorsReadWhatTheyNeed() {
        DataSettings data = settings("data.validation-images=99");
        Dataset whole = data.load();
        ImageSource path = new ImageSource.SharedPath(
                data, 0, whole.standardization(), whole.facts().classes());
        assertEquals(whole.partition(1, 3).checksum(), path.part(1, 3).checksum());
        assertEquals(2, path.classes());
        assertEquals(whole.checksum(), path.images().checksum());
    }

    @Test
    void anExecutorsFaultNamesTheFile() throws IOException {
        Files.writeString(root.resolve("train/dog/77.png"), "damaged");
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> SharedFacts.read(spark, settings("data.validation-images=250"), 0))
                .getMessage();
        assertTrue(message.startsWith(root + "/train/dog/77.png is no PNG"), message);
    }

    @Test
    void tooFewHeldOutImagesNameTheSetting() {
        DataSettings data = settings();
        SearchImages images = SearchImages.read(spark, data);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> images.withHeldOut(151))
                .getMessage()
                .startsWith("rerank.validation-images: cannot hold out 151 images"));
    }
}
