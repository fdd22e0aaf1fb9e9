package org.evonorm.data;

/**
 * Training images in two parts that share no image, both with as even numbers of every class as the images allow. The
 * search compares candidates on {@code validation}, so that the test images stay unseen (paper, section 4). What
 * neither part takes can be held out from the search altogether.
 */
public record ValidationSplit(Images training, Images validation) {

    /** All images: {@code validation} of them drawn from the seed, the others for training. */
    public static ValidationSplit of(Images images, int validation, long seed) {
        return of(images, validation, images.count(), seed);
    }

    /**
     * As {@link #of(Images, int, long)}, with at most {@code trainingAtMost} images for training. A limit on training
     * images does not change which ones validate.
     */
    public static ValidationSplit of(Images images, int validation, int trainingAtMost, long seed) {
        StratifiedOrder deal = new StratifiedOrder(images.labels(), images.classes(), validation, trainingAtMost, seed);
        return new ValidationSplit(images.select(deal.training()), images.select(deal.validation()));
    }

    /**
     * Images that neither part of {@link #of(Images, int, int, long)} with the same arguments holds: {@code heldOut}
     * of those that it leaves, which ones the seed decides.
     */
    public static Images heldOut(Images images, int validation, int trainingAtMost, int heldOut, long seed) {
        return images.select(new StratifiedOrder(images.labels(), images.classes(), validation, trainingAtMost, seed)
                .heldOut(heldOut));
    }
}
