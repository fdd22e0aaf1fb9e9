package org.evonorm.data;

/**
 * The stratified split of training images into training and validation images, so that the search compares candidates
 * without the test images (paper, section 4). The parts share no image, and numbers of images per class are as even as
 * the images allow. Images in neither part can be held out from the search.
 */
public record ValidationSplit(Images training, Images validation) {

    /**
     * The split of all images.
     *
     * @param validation number of validation images, which the seed draws; the others are for training
     * @throws IllegalArgumentException if a part would be empty
     */
    public static ValidationSplit of(Images images, int validation, long seed) {
        return of(images, validation, images.count(), seed);
    }

    /**
     * As {@link #of(Images, int, long)}, with at most {@code trainingAtMost} training images. The limit does not change
     * the validation images.
     */
    public static ValidationSplit of(Images images, int validation, int trainingAtMost, long seed) {
        StratifiedOrder order =
                new StratifiedOrder(images.labels(), images.classes(), validation, trainingAtMost, seed);
        return new ValidationSplit(images.select(order.training()), images.select(order.validation()));
    }

    /**
     * Held-out images, which are in neither part of {@link #of(Images, int, int, long)} with the same arguments; the
     * seed draws them.
     *
     * @param heldOut number of held-out images
     * @throws IllegalArgumentException if fewer images are left
     */
    public static Images heldOut(Images images, int validation, int trainingAtMost, int heldOut, long seed) {
        return images.select(new StratifiedOrder(images.labels(), images.classes(), validation, trainingAtMost, seed)
                .heldOut(heldOut));
    }
}
