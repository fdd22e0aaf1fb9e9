package org.evonorm.store;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;

/** The tables of one committed generation, read row by row, a few columns at a time. */
record GenerationTables(RunFolder folder, CommitRecord commit) {

    static final String TRAINED = "trained";

    int generation() {
        return commit.generation();
    }

    void read(Table table, List<String> columns, Consumer<StoredRow> row) {
        files(table).forEach(file -> file.read(columns, row));
    }

    /** As {@link #read(Table, List, Consumer)}, of the candidates with these indices alone. */
    void read(Table table, List<String> columns, Set<Integer> indices, Consumer<StoredRow> row) {
        files(table).forEach(file -> file.read(columns, indices, row));
    }

    List<TableFile> files(Table table) {
        return commit.files(table).stream()
                .map(file -> new TableFile(
                        folder.path(file.path()),
                        table.parquet(),
                        folder.files().getConf(),
                        folder.commits().records().mend(generation())))
                .toList();
    }

    /** The indices of the trained candidates; of the baselines, or of all others. */
    BitSet trained(boolean baselines) {
        BitSet trained = new BitSet();
        read(Table.CANDIDATES, List.of("index", "origin", "status"), row -> {
            if (row.text("status").equals(TRAINED) && CandidateRow.isBaseline(row) == baselines) {
                trained.set(row.integer("index"));
            }
        });
        return trained;
    }

    /** The accuracies of all candidates with a training that ended, in the order of the networks, by index. */
    Map<Integer, List<Double>> accuracies() {
        Map<Integer, Map<Integer, Double>> byNetwork = new HashMap<>();
        read(
                Table.EVALUATIONS,
                List.of("index", "network_index", "accuracy"),
                row -> byNetwork
                        .computeIfAbsent(row.integer("index"), index -> new TreeMap<>())
                        .put(row.integer("network_index"), row.share("accuracy")));
        Map<Integer, List<Double>> accuracies = new HashMap<>();
        byNetwork.forEach((index, byPosition) -> accuracies.put(index, List.copyOf(byPosition.values())));
        return accuracies;
    }

    /** The candidates with these fitnesses, by index. */
    List<Evaluated> evaluated(Map<Integer, Fitness> fitnesses) {
        List<Evaluated> evaluated = new ArrayList<>();
        read(Table.CANDIDATES, CandidateRow.CANDIDATE, fitnesses.keySet(), row -> {
            Candidate candidate = CandidateRow.candidate(generation(), row);
            evaluated.add(new Evaluated(candidate, fitnesses.get(candidate.index())));
        });
        return evaluated;
    }
}
