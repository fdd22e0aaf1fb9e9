package org.evonorm.engine.dl4j;

import org.evonorm.data.Batch;
import org.evonorm.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Converts batches to ND4J arrays of DL4J's layout. */
final class BatchArrays {

    private static final int CHANNELS = Network.IMAGE_CHANNELS;

    private BatchArrays() {}

    /** The images as [B, C, H, W]; batches are NHWC. */
    static INDArray images(Batch batch) {
        int area = batch.height() * batch.width();
        float[] planes = new float[batch.count() * area * CHANNELS];
        for (int i = 0; i < planes.length; i++) {
            int pixel = i / CHANNELS;
            planes[(pixel / area * CHANNELS + i % CHANNELS) * area + pixel % area] = batch.pixels()[i];
        }
        return Nd4j.create(planes, new long[] {batch.count(), CHANNELS, batch.height(), batch.width()}, 'c');
    }

    /** The labels as one-hot rows, [B, classes]. */
    static INDArray labels(Batch batch, int classes) {
        float[] oneHot = new float[batch.count() * classes];
        for (int i = 0; i < batch.count(); i++) {
            oneHot[i * classes + batch.labels()[i]] = 1;
        }
        return Nd4j.create(oneHot, new long[] {batch.count(), classes}, 'c');
    }
}
