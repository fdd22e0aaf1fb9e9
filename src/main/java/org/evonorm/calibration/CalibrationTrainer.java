package org.evonorm.calibration;

import java.io.Serializable;
import org.evonorm.graph.Layer;
import org.evonorm.settings.ProxySettings;
import org.evonorm.store.CalibrationRow.Measured;

/**
 * The trainer of a calibration, used inside Spark tasks on the executors. Tests put trainers here that train nothing.
 * An accuracy depends on the arguments alone. Implementations must be thread-safe.
 */
interface CalibrationTrainer extends Serializable {

    /** Name of the engine, for the table. */
    String engine();

    /** Multiply-adds of the network per image, at the size of the training's crops. */
    long multiplyAdds(ProxySettings proxy, String network);

    /** The same trainer outside the thread of the Spark task: the copy contains the images, and the GPU of the task. */
    default CalibrationTrainer detached() {
        return this;
    }

    /** Trains the layer in one network of the reference or of a rung. */
    Measured train(Layer layer, ProxySettings proxy, String network, long seed);
}
