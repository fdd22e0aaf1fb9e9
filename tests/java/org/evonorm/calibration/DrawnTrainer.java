package org.evonorm.calibration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.settings.ProxySettings;
import org.evonorm.store.CalibrationRow.Measured;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingResult.CurvePoint;

/**
 * Accuracies that depend on layer, settings, network and seed alone. {@code tanh(x)} diverges after the first score.
 *
 * @param broken formula of a layer that throws
 * @param millis milliseconds that a training takes
 */
record DrawnTrainer(String broken, int millis) implements CalibrationTrainer {

    /** How often each training was done. */
    static final Map<String, Integer> DONE = new ConcurrentHashMap<>();
    /** Trainings before the machine breaks down; negative for a machine that never does. */
    static final AtomicInteger LEFT = new AtomicInteger(-1);

    static void reset() {
        DONE.clear();
        LEFT.set(-1);
    }

    static double accuracy(Layer layer, ProxySettings proxy, String network, long seed, int step) {
        long quality = CandidateIdentity.id(layer).hashCode() * 31L + network.hashCode();
        long luck = quality ^ seed ^ proxy.trainingKey(network).hashCode() * 77L ^ step;
        return 0.6 * new SplittableRandom(quality).nextDouble() + 0.4 * new SplittableRandom(luck).nextDouble();
    }

    @Override
    public String engine() {
        return "drawn";
    }

    @Override
    public long multiplyAdds(ProxySettings proxy, String network) {
        return Math.round(1000
                        * ((NetworkRecipe.Anchor) proxy.networks().get(network))
                                .scale()
                                .width())
                * network.length();
    }

    @Override
    public Measured train(Layer layer, ProxySettings proxy, String network, long seed) {
        LockSupport.parkNanos(millis * 1_000_000L);
        if (LEFT.get() >= 0 && LEFT.getAndDecrement() <= 0) {
            LEFT.set(0);
            throw new AssertionError("the machine broke down");
        }
        String formula = Formula.print(layer);
        DONE.merge(formula + network + seed + proxy.trainingKey(network), 1, Integer::sum);
        if (formula.equals(broken)) {
            throw new IllegalStateException("too large");
        }
        boolean diverges = formula.equals("tanh(x)");
        int steps = proxy.training().steps();
        int every =
                proxy.training().scoreEvery() == 0 ? steps : proxy.training().scoreEvery();
        List<CurvePoint> curve = new ArrayList<>();
        for (int step = every; step <= steps && (!diverges || curve.isEmpty()); step += every) {
            curve.add(new CurvePoint(step, 1, accuracy(layer, proxy, network, seed, step)));
        }
        double accuracy = diverges ? 0 : accuracy(layer, proxy, network, seed, steps);
        // Ten images per second, and a second per score.
        int taken = diverges ? every + 1 : steps;
        double training = taken * proxy.training().batchSize() / 10.0;
        double seconds = training + curve.size();
        return new Measured(
                new TrainingResult(accuracy, diverges ? Double.NaN : 1 - accuracy, taken, diverges, curve, seconds, 10),
                2 * seconds);
    }
}
