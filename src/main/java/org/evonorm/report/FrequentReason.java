package org.evonorm.report;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.store.StatusReason;

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

    /** The most frequent reasons of each stage in all generations, in the order of the stages. */
    static List<FrequentReason> of(List<Funnel> funnels) {
        Map<StatusReason, Long> reasons = new HashMap<>();
        funnels.forEach(
                funnel -> funnel.byReason().forEach((reason, count) -> reasons.merge(reason, count, Long::sum)));
        return Funnel.statuses(funnels).entrySet().stream()
                .flatMap(stage -> ofStage(reasons, stage.getKey(), stage.getValue()).stream())
                .toList();
    }

    private static List<FrequentReason> ofStage(Map<StatusReason, Long> reasons, String status, String stage) {
        List<Map.Entry<StatusReason, Long>> ofStage = reasons.entrySet().stream()
                .filter(entry -> entry.getKey().status().equals(status))
                .sorted(Map.Entry.<StatusReason, Long>comparingByValue()
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
