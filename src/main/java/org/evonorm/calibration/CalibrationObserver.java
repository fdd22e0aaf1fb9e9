package org.evonorm.calibration;

/**
 * An observer of a calibration. Calls come one at a time, from the thread that runs it and from a thread of Spark, and
 * should return soon.
 */
public interface CalibrationObserver {

    /** An observer that does nothing. */
    CalibrationObserver SILENT = new CalibrationObserver() {};

    /** The calibration prepares itself by this work, as by reading the images, until the next call. */
    default void preparing(String work) {}

    /** The images are there; {@link org.evonorm.data.DatasetFacts#sizes} tells how many. */
    default void imagesLoaded(String sizes) {}

    /** A sentence on a difference between the start of the calibration and its continuation, for the user. */
    default void noted(String sentence) {}

    /** The calibration begins, of some layers, with {@code missing} trainings to do and {@code known} done before. */
    default void calibrationStarted(String folder, int layers, int missing, int known) {}

    /** Trainings of the reference or of a rung begin. */
    default void roundStarted(String name, int trainings) {}

    /** {@code done} of the round's trainings are done. */
    default void roundAdvanced(int done, int trainings) {}

    /**
     * The trainings that run have together taken as many steps as {@code trainings} whole ones; called every few
     * seconds, and after each training that ends.
     */
    default void trainingsRunning(double trainings) {}

    /** The trainings of a round are in the table. */
    default void roundCommitted(CalibrationSummary soFar) {}
}
