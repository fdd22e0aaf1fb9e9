package org.evonorm.data.files.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.evonorm.data.ImageCollection;

/** The checks of class numbers that every source of files shares: their range, and an image for every class. */
public final class ClassLabels {

    private ClassLabels() {}

    /**
     * A class number as the program holds it.
     *
     * @param place the label's place in words
     * @throws IllegalArgumentException if no class can have the number
     */
    public static short of(long label, String place) {
        if (label < 0 || label >= ImageCollection.MOST_CLASSES) {
            throw new IllegalArgumentException(place + " has label " + label + "; labels are class numbers from 0 to "
                    + (ImageCollection.MOST_CLASSES - 1));
        }
        return (short) label;
    }

    /**
     * The collection of pictures in one size, with checked labels.
     *
     * @param names name per class; empty for classes that have numbers alone, from 0 to the largest label
     * @param test  the test pictures; empty where the source has none
     * @param size  side to which pictures are resized; empty for pictures that agree in size
     * @throws IllegalArgumentException if there are too few or too many classes, a class has no training picture, or a
     *     test picture is of no class
     */
    public static ImageCollection collection(
            String name, List<String> names, PictureSource training, Optional<PictureSource> test, OptionalInt size) {
        int[] counts = counts(name, training);
        int classes = names.isEmpty() ? counts.length : names.size();
        if (classes < 2 || classes > ImageCollection.MOST_CLASSES) {
            throw new IllegalArgumentException(name + " has " + classes + " class" + (classes == 1 ? "" : "es")
                    + "; images have from 2 to " + ImageCollection.MOST_CLASSES + " classes");
        }
        for (int label = 0; label < classes; label++) {
            if (label >= counts.length || counts[label] == 0) {
                throw new IllegalArgumentException(name + " has no training image of class " + label
                        + (names.isEmpty() ? "" : " (" + names.get(label) + ")")
                        + "; add some, or number the classes without gaps");
            }
        }
        if (counts.length > classes) {
            throw new IllegalArgumentException(name + " has an image with label " + (counts.length - 1) + ", but only "
                    + classes + " classes, numbered from 0");
        }
        test.ifPresent(pictures -> requireKnown(name, classes, pictures));
        SizedSet images = new SizedSet(training, classes, size);
        return test.isPresent()
                ? new ImageCollection(name, classes, names, images, images.ofSameSize(test.get()))
                : ImageCollection.drawingTest(name, classes, names, images);
    }

    private static int[] counts(String name, PictureSource pictures) {
        if (pictures.count() == 0) {
            throw new IllegalArgumentException(name + " has no training image; add some");
        }
        List<Integer> counts = new ArrayList<>();
        for (short label : pictures.labels()) {
            while (counts.size() <= label) {
                counts.add(0);
            }
            counts.set(label, counts.get(label) + 1);
        }
        return counts.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void requireKnown(String name, int classes, PictureSource test) {
        if (test.count() == 0) {
            throw new IllegalArgumentException(
                    name + " has no test image; add some, or leave out their folder or file");
        }
        short[] labels = test.labels();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= classes) {
                throw new IllegalArgumentException(test.title(i) + " has label " + labels[i] + ", but there are only "
                        + classes + " classes, numbered from 0");
            }
        }
    }
}
