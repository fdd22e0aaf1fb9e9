package org.evonorm.data;

import java.util.List;

/**
 * The images of one source, not read yet: the images to train on, among them those for validation, and the test images.
 *
 * @param name       name of the data set, for example {@code cifar10}
 * @param classes    number of classes
 * @param classNames name per class, [classes]; empty where the source has class numbers alone
 * @param training   images to train and validate on
 * @param test       images for final scores alone
 */
public record ImageCollection(String name, int classes, List<String> classNames, ImageSet training, ImageSet test) {

    /** Largest number of classes. */
    public static final int MOST_CLASSES = 1000;

    public ImageCollection {
        classNames = List.copyOf(classNames);
    }

    /**
     * The collection of images without test images: one of {@link #TEST_SHARE} images is drawn for the test, in
     * proportion to the classes and always the same ones.
     */
    public static ImageCollection drawingTest(String name, int classes, List<String> classNames, ImageSet images) {
        int test = Math.max(1, images.count() / TEST_SHARE);
        StratifiedOrder order = new StratifiedOrder(images.labels(), classes, test, Integer.MAX_VALUE, TEST_SEED);
        return new ImageCollection(
                name, classes, classNames, images.subset(order.training()), images.subset(order.validation()));
    }

    /** Images per test image where a source has no test images of its own, as in CIFAR-10. */
    public static final int TEST_SHARE = 6;

    private static final long TEST_SEED = 0;

    /** All training images. */
    public Images allTraining() {
        return training.all();
    }

    /** All test images. */
    public Images allTest() {
        return test.all();
    }
}
