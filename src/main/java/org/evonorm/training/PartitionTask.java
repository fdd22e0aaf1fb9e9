package org.evonorm.training;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.evonorm.data.Dataset;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.engine.Score;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;

/**
 * The part that one partition of the images has in one round of a training. What comes of it depends on this, on the
 * images and on what is trained alone, so that it can be done again wherever it got lost.
 *
 * @param partition from 0
 * @param shared    the state that the round begins with; empty before the first steps, where the seed gives it
 */
public record PartitionTask(int partition, LocalSgd.Round round, Optional<float[]> shared) {

    /**
     * What came of it.
     *
     * @param state after the partition's steps; empty where a loss was not finite
     */
    public record Taken(Contribution contribution, Optional<float[]> state) {}

    /**
     * Scores and trains.
     *
     * @param part     the partition's images
     * @param threads  threads that one training step may use
     * @param seed     of the whole training: gives the initial parameters, and each partition's batches
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    public Taken run(
            Engine engine,
            Network network,
            Layer layer,
            Dataset part,
            TrainingSettings settings,
            int threads,
            long seed) {
        long start = System.nanoTime();
        TrainingSeed seeds = new TrainingSeed(seed);
        try (Model model = engine.build(network, layer, threads, seeds.parameters())) {
            shared.ifPresent(state -> model.setState(state, round.from()));
            SgdLoop descent = new SgdLoop(model, part, settings, seeds.batches(partition));
            Score score = round.scored() ? descent.score(round.from()) : Score.NONE;
            long trainingStart = System.nanoTime();
            double[] losses = losses(descent);
            boolean finite = losses.length == round.to() - round.from();
            long end = System.nanoTime();
            return new Taken(
                    new Contribution(score, losses, (end - trainingStart) * 1e-9, (end - start) * 1e-9),
                    finite && !round.isLast() ? Optional.of(model.state()) : Optional.empty());
        }
    }

    /** The losses up to the first that is not finite. */
    private double[] losses(SgdLoop descent) {
        descent.skip(round.from());
        double[] losses = new double[round.to() - round.from()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = descent.step(round.from() + i);
            if (!Double.isFinite(losses[i])) {
                return Arrays.copyOf(losses, i);
            }
        }
        return losses;
    }
}
