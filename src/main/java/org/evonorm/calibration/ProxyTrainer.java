package org.evonorm.calibration;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.evonorm.graph.Layer;
import org.evonorm.search.spark.ImageSource;
import org.evonorm.search.trial.NetworkTraining;
import org.evonorm.settings.EngineName;
import org.evonorm.settings.ProxySettings;
import org.evonorm.settings.Settings;
import org.evonorm.store.CalibrationRow.Measured;
import org.evonorm.training.TrainingResult;

/**
 * The trainer that trains layers in proxy tasks.
 *
 * @param base trainings on the images of the calibration, whose networks and settings the reference and the rungs
 *             replace
 */
record ProxyTrainer(NetworkTraining base) implements CalibrationTrainer {

    static ProxyTrainer of(Settings settings, ImageSource images) {
        return new ProxyTrainer(NetworkTraining.of(settings, settings.networks(), settings.training(), images));
    }

    private NetworkTraining training(ProxySettings proxy) {
        return new NetworkTraining(
                base.images(),
                base.gpu(),
                base.classes(),
                proxy.networks(),
                proxy.training(),
                base.engineName(),
                base.threads(),
                base.robustness());
    }

    @Override
    public String engine() {
        return base.engine();
    }

    @Override
    public long multiplyAdds(ProxySettings proxy, String network) {
        return training(proxy).cost(network);
    }

    @Override
    public CalibrationTrainer detached() {
        return new ProxyTrainer(base.detached());
    }

    @Override
    public Measured train(Layer layer, ProxySettings proxy, String network, long seed) {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        // Other threads than this one take part in a step otherwise, and none of them is known here.
        boolean alone = base.engineName() == EngineName.CPU
                && base.threads() == 1
                && clock.isCurrentThreadCpuTimeSupported()
                && clock.isThreadCpuTimeEnabled();
        long before = alone ? clock.getCurrentThreadCpuTime() : 0;
        TrainingResult result = training(proxy).train(layer, network, seed);
        double seconds = alone ? (clock.getCurrentThreadCpuTime() - before) * 1e-9 : result.seconds() * base.threads();
        return new Measured(result, seconds);
    }
}
