package org.evonorm.calibration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.evonorm.data.Shuffling;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.RandomSource.Purpose;
import org.evonorm.settings.CalibrationSettings;
import org.evonorm.settings.ProxySettings;
import org.evonorm.store.CalibrationRow;
import org.evonorm.store.CalibrationRow.Part;

/**
 * The plan of a calibration: its trainings in rounds, of which each is committed as a whole.
 *
 * @param rounds the rounds in their order; two rungs with the same settings have the same trainings
 */
record CalibrationPlan(List<Round> rounds) {

    /** Fewest layers of a round of the reference, whose trainings are long: the table grows by as many layers. */
    private static final int LAYERS_AT_ONCE = 4;

    /** Trainings that are committed together. */
    record Round(ProxySettings proxy, List<CalibrationTask> tasks) {}

    /**
     * The plan for some layers: the cheapest settings first, and of a rung all layers together. Of the reference come a
     * few layers at a time, in an order that does not depend on how good they are.
     *
     * @param cores number of trainings that run at the same time
     */
    static CalibrationPlan of(
            CalibrationSettings calibration,
            List<CalibrationLayer> layers,
            CalibrationTrainer trainer,
            RandomSource randomness,
            int cores) {
        List<LadderRung> cheapestFirst = Stream.concat(
                        calibration.rungs().stream().map(proxy -> LadderRung.whole(proxy, Part.RUNG)),
                        Stream.of(LadderRung.whole(calibration.reference(), Part.REFERENCE)))
                .sorted(Comparator.comparingDouble((LadderRung rung) -> rung.multiplyAdds(trainer)))
                .toList();
        List<CalibrationLayer> mixed = Arrays.stream(
                        Shuffling.order(layers.size(), randomness.calibrationDraws(Purpose.CALIBRATION_LAYERS)))
                .mapToObj(layers::get)
                .toList();
        int few = Math.max(LAYERS_AT_ONCE, 2 * cores);
        List<Round> rounds = new ArrayList<>();
        for (LadderRung rung : cheapestFirst) {
            int together = rung.part() == Part.REFERENCE ? few : mixed.size();
            for (int begin = 0; begin < mixed.size(); begin += together) {
                List<CalibrationLayer> some = mixed.subList(begin, Math.min(begin + together, mixed.size()));
                rounds.add(new Round(rung.proxy(), tasks(rung, some, trainer, randomness)));
            }
        }
        return new CalibrationPlan(List.copyOf(rounds));
    }

    /** The trainings of layers, the costly networks first. */
    private static List<CalibrationTask> tasks(
            LadderRung rung, List<CalibrationLayer> layers, CalibrationTrainer trainer, RandomSource randomness) {
        Purpose purpose = rung.part() == Part.REFERENCE ? Purpose.CALIBRATION_REFERENCE : Purpose.CALIBRATION_RUNG;
        List<String> longFirst = rung.proxy().trainIn().stream()
                .sorted(Comparator.comparingLong((String network) -> -trainer.multiplyAdds(rung.proxy(), network)))
                .toList();
        List<CalibrationTask> tasks = new ArrayList<>();
        for (String network : longFirst) {
            for (CalibrationLayer layer : layers) {
                for (int number = 1; number <= rung.proxy().seeds(); number++) {
                    tasks.add(new CalibrationTask(
                            layer,
                            rung.proxy(),
                            rung.training(layer.id(), network, number),
                            randomness.calibration(purpose, layer.id(), network, number)));
                }
            }
        }
        return tasks;
    }

    /** All trainings, each once. */
    List<CalibrationTask> tasks() {
        Map<CalibrationRow.Training, CalibrationTask> tasks = new LinkedHashMap<>();
        rounds.forEach(round -> round.tasks.forEach(task -> tasks.putIfAbsent(task.training(), task)));
        return List.copyOf(tasks.values());
    }
}
