package org.evonorm.report.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Hypervolume;
import org.evonorm.evolution.ParetoFront;
import org.evonorm.report.RunHistory;

/** The progress of a run: how good its layers were after each generation. */
final class RunProgress {

    private RunProgress() {}

    /**
     * The state after a generation, over all layers that were trained with all steps so far.
     *
     * @param seconds computing time of filters and trainings so far, summed over all tasks
     * @param best    highest mean accuracy; NaN before the first layer
     * @param volume  hypervolume of the front
     */
    record Point(int generation, double seconds, double best, double volume) {}

    /** The states after each generation, generation 0 first. */
    static List<Point> of(RunHistory history) {
        List<Point> points = new ArrayList<>();
        List<Evaluated> front = List.of();
        double seconds = 0;
        double best = Double.NaN;
        for (int generation = 0; generation <= history.generation(); generation++) {
            int number = generation;
            List<Evaluated> trained = history.found().stream()
                    .filter(layer -> layer.candidate().generation() == number)
                    .toList();
            front = ParetoFront.of(
                    Stream.concat(front.stream(), trained.stream()).toList(), Accuracies::of);
            best = front.stream()
                    .mapToDouble(layer -> layer.fitness().mean())
                    .max()
                    .orElse(best);
            seconds += history.funnels().get(generation).seconds();
            points.add(new Point(generation, seconds, best, Hypervolume.of(front)));
        }
        return points;
    }
}
