package org.evonorm.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.evonorm.engine.Score;

/** Sums the rounds of one training on partitioned data to its learning curve and its {@link TrainingResult}. */
public final class PartitionedTraining {

    private final TrainingSettings settings;
    private final List<TrainingResult.CurvePoint> curve = new ArrayList<>();
    private Score score = Score.NONE;
    private double lossSum;
    private int lossCount;
    private double seconds;
    private double trainingSeconds;

    public PartitionedTraining(TrainingSettings settings) {
        this.settings = settings;
    }

    /**
     * Adds the contributions of all partitions to the next round. Gives the training's result after the last round, or
     * after a training or validation loss that is not finite; empty before.
     *
     * <p>The result's seconds are the sum over the tasks, on whichever executor they ran; averaging is not included.
     *
     * @param contributions one per partition, in the order of the partitions
     */
    public Optional<TrainingResult> add(LocalSgd.Round round, List<Contribution> contributions) {
        contributions.forEach(contribution -> {
            seconds += contribution.seconds();
            trainingSeconds += contribution.trainingSeconds();
        });
        int before = settings.localSgd().steps(round.from());
        if (round.scored()) {
            score = contributions.stream().map(Contribution::score).reduce(Score.NONE, Score::plus);
            if (!Double.isFinite(score.loss())) {
                return Optional.of(diverged(before));
            }
            curve.add(new TrainingResult.CurvePoint(before, lossSum / lossCount, score.accuracy()));
            lossSum = 0;
            lossCount = 0;
        }
        if (round.isLast()) {
            return Optional.of(result(score.accuracy(), score.loss(), before, false));
        }
        int finite = contributions.stream()
                .mapToInt(contribution -> contribution.losses().length)
                .min()
                .orElseThrow();
        if (finite < round.to() - round.from()) {
            return Optional.of(diverged(settings.localSgd().steps(round.from() + finite)));
        }
        contributions.forEach(this::addLosses);
        return Optional.empty();
    }

    private void addLosses(Contribution contribution) {
        for (double loss : contribution.losses()) {
            lossSum += loss;
            lossCount++;
        }
    }

    private TrainingResult diverged(int steps) {
        return result(0, Double.NaN, steps, true);
    }

    private TrainingResult result(double accuracy, double loss, int steps, boolean diverged) {
        return new TrainingResult(
                accuracy,
                loss,
                steps,
                diverged,
                curve,
                seconds,
                (double) steps * settings.batchSize() / trainingSeconds);
    }
}
