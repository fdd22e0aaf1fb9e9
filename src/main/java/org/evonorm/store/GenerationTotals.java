package org.evonorm.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * What became of the candidates of a generation.
 *
 * @param byStatus number of candidates by their status, as in {@link Table#CANDIDATES}
 * @param seconds  time of all filters and trainings in seconds, summed over the tasks
 */
public record GenerationTotals(int generation, Map<String, Long> byStatus, double seconds) {

    private static final List<String> SECONDS =
            List.of("static_seconds", "signal_seconds", "stability_seconds", "quality_seconds", "training_seconds");

    public GenerationTotals {
        byStatus = Map.copyOf(byStatus);
    }

    static GenerationTotals of(GenerationTables tables) {
        Map<String, Long> byStatus = new TreeMap<>();
        DoubleAdder seconds = new DoubleAdder();
        List<String> columns = new ArrayList<>(SECONDS);
        columns.add("status");
        tables.read(Table.CANDIDATES, columns, row -> {
            byStatus.merge(row.text("status"), 1L, Long::sum);
            SECONDS.forEach(column -> seconds.add(row.realOrZero(column)));
        });
        return new GenerationTotals(tables.generation(), byStatus, seconds.sum());
    }
}
