package org.evonorm.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.evonorm.store.FateReason;

/**
 * One of the most frequent reasons why layers were not trained to the end.
 *
 * @param stage  what became of the layers, as the funnel's table names it
 * @param reason the reason, with an ellipsis in place of numbers
 * @param count  number of layers
 * @param share  share of all layers of the stage, 0 to 1
 */
public record FrequentReason(String stage, String reason, long count, double share) {

    private static final int PER_STAGE = 3;

    /** The most frequent reasons of each stage, in the order of the stages. */
    static List<FrequentReason> of(Map<FateReason, Long> reasons, Map<String, String> stages) {
        return stages.entrySet().stream()
                .flatMap(stage -> ofStage(reasons, stage.getKey(), stage.getValue()).stream())
                .toList();
    }

    private static List<FrequentReason> ofStage(Map<FateReason, Long> reasons, String status, String stage) {
        List<Map.Entry<FateReason, Long>> ofStage = reasons.entrySet().stream()
                .filter(entry -> entry.getKey().status().equals(status))
                .sorted(Map.Entry.<FateReason, Long>comparingByValue()
                        .reversed()
                        .thenComparing(entry -> entry.getKey().kind(), Comparator.naturalOrder()))
                .toList();
        double all = ofStage.stream().mapToLong(Map.Entry::getValue).sum();
        return ofStage.stream()
                .limit(PER_STAGE)
                .map(entry ->
                        new FrequentReason(stage, entry.getKey().kind(), entry.getValue(), entry.getValue() / all))
                .toList();
    }
}
