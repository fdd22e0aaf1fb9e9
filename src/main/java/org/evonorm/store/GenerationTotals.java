package org.evonorm.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * What became of the candidates of a generation.
 *
 * @param byStatus number of candidates by their status, as in {@link Table#CANDIDATES}
 * @param byReason number of candidates that were not trained to the end, by status and reason
 * @param seconds  time of all filters and trainings in seconds, summed over the tasks
 */
public record GenerationTotals(
        int generation, Map<String, Long> byStatus, Map<StatusReason, Long> byReason, double seconds) {

    private static final List<String> SECONDS =
            List.of("static_seconds", "signal_seconds", "stability_seconds", "quality_seconds", "training_seconds");

    public GenerationTotals {
        byStatus = Map.copyOf(byStatus);
        byReason = Map.copyOf(byReason);
    }

    static GenerationTotals of(GenerationTables tables) {
        Map<String, Long> byStatus = new TreeMap<>();
        Map<StatusReason, Long> byReason = new HashMap<>();
        DoubleAdder seconds = new DoubleAdder();
        List<String> columns = new ArrayList<>(SECONDS);
        columns.addAll(List.of("status", "reason"));
        tables.read(Table.CANDIDATES, columns, row -> {
            String status = row.text("status");
            byStatus.merge(status, 1L, Long::sum);
            row.optionalText("reason")
                    .ifPresent(reason -> byReason.merge(StatusReason.of(status, reason), 1L, Long::sum));
            SECONDS.forEach(column -> seconds.add(row.realOrZero(column)));
        });
        return new GenerationTotals(tables.generation(), byStatus, byReason, seconds.sum());
    }
}
