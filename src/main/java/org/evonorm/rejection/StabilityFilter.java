package org.evonorm.rejection;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.TrainingBatches;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;

/**
 * The stability filter (paper, section 3.3): rejects a layer whose gradients explode under {@link GradientNormAscent}
 * from the initial weights. The networks are tried one by one, from the cheapest on, and the first failure ends the
 * filter.
 */
public final class StabilityFilter {

    private final Engine engine;
    private final List<Network> networks;
    private final Dataset data;
    private final int cropSize;
    private final StabilitySettings settings;
    private final int threads;

    /**
     * @param networks at least one network, in any order
     * @param data     images of the batch and their standardization
     * @param cropSize side of the random crops, in pixels
     * @param settings steps, step size, batch size and limit
     * @param threads  threads that one step may use
     */
    public StabilityFilter(
            Engine engine,
            List<Network> networks,
            Dataset data,
            int cropSize,
            StabilitySettings settings,
            int threads) {
        if (networks.isEmpty()) {
            throw new IllegalArgumentException("the stability filter needs at least one network");
        }
        this.engine = engine;
        this.networks = networks.stream()
                .sorted(NetworkCost.cheapestFirst(cropSize, cropSize))
                .toList();
        this.data = data;
        this.cropSize = cropSize;
        this.settings = settings;
        this.threads = threads;
    }

    /**
     * Tests a layer in the networks, and judges it by the highest norm of the gradient.
     *
     * @param seed gives the initial parameters, and the order, crops and flips of the images; the same for all networks
     * @return passed, or rejected with the reason; and the test that decided
     */
    public StabilityResult judge(Layer layer, long seed) {
        StabilityTest.Taken hardest = new StabilityTest.Taken(0, 0);
        for (Network network : networks) {
            StabilityTest.Taken test = test(network, layer, seed);
            if (!GradientNormAscent.isStable(test.norm(), settings)) {
                return new StabilityResult(rejected(network, test), test);
            }
            hardest = test.norm() < hardest.norm() ? hardest : test;
        }
        return new StabilityResult(new CandidateStatus.Passed(), hardest);
    }

    private StabilityTest.Taken test(Network network, Layer layer, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        long parameterSeed = seeds.nextLong();
        Batch batch = new TrainingBatches(
                        data.training(), data.standardization(), settings.batchSize(), cropSize, seeds.nextLong())
                .next();
        try (Model model = engine.build(network, layer, threads, parameterSeed)) {
            return new GradientNormAscent(model, batch, settings).run();
        }
    }

    private CandidateStatus rejected(Network network, StabilityTest.Taken test) {
        String norm = Double.isFinite(test.norm())
                ? String.format(Locale.ROOT, "reached %.1e, above %.1e,", test.norm(), settings.limit())
                : "was not finite";
        return new CandidateStatus.Rejected(
                CandidateStatus.Filter.STABILITY,
                String.format(
                        Locale.ROOT,
                        "the norm of the gradient in %s %s after %d steps of ascent",
                        network.name(),
                        norm,
                        test.steps()));
    }
}
