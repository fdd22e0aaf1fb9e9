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
 * The work of one partition in one round of local SGD. The result depends only on this record, the partition's images
 * and the training's settings and seed, so that a lost task can be run again anywhere.
 *
 * @param partition number of the partition, from 0
 * @param round     the round
 * @param shared    state that the round begins with; empty in the first round, where the seed gives the state
 */
public record PartitionTask(int partition, LocalSgd.Round round, Optional<float[]> shared) {

    /**
     * The result of a partition's round.
     *
     * @param contribution score, losses and times
     * @param state        state after the partition's steps; empty in the last round, and after a loss that is not
     *                     finite
     */
    public record Result(Contribution contribution, Optional<float[]> state) {}

    /**
     * Scores the shared state if the round says so, and takes the round's steps.
     *
     * @param part    images of the partition
     * @param threads threads that one training step may use
     * @param seed    seed of the whole training: gives the initial parameters, and the batches of every partition
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    public Result run(
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
            SgdLoop loop = new SgdLoop(model, part, settings, seeds.batches(partition));
            Score score = round.scored() ? loop.score(round.from()) : Score.NONE;
            long trainingStart = System.nanoTime();
            double[] losses = losses(loop);
            boolean finite = losses.length == round.to() - round.from();
            long end = System.nanoTime();
            return new Result(
                    new Contribution(score, losses, (end - trainingStart) * 1e-9, (end - start) * 1e-9),
                    finite && !round.isLast() ? Optional.of(model.state()) : Optional.empty());
        }
    }

    /** Takes the round's steps. Gives their losses, up to the first loss that is not finite. */
    private double[] losses(SgdLoop loop) {
        loop.skip(round.from());
        double[] losses = new double[round.to() - round.from()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = loop.step(round.from() + i);
            if (!Double.isFinite(losses[i])) {
                return Arrays.copyOf(losses, i);
            }
        }
        return losses;
    }
}
