package org.evonorm.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.ObjectiveValue;

/** The tables of one committed generation, read row by row, a few columns at a time. */
record GenerationTables(RunFolder folder, CommitRecord commit) {

    static final String TRAINED = "trained";
    static final String STOPPED = "stopped";

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

    /**
     * The fitness of all candidates that were trained, with all steps or to a hurdle where they were stopped, by index;
     * of the baselines, or of all others.
     */
    Map<Integer, Fitness> fitnesses(boolean baselines) {
        Map<Integer, Reached> reached = reached(baselines);
        Map<Integer, SortedMap<Integer, StoredTraining>> trainings = new HashMap<>();
        read(
                Table.EVALUATIONS,
                StoredTraining.COLUMNS,
                row -> trainings
                        .computeIfAbsent(row.integer("index"), index -> new TreeMap<>())
                        .put(row.integer("network_index"), StoredTraining.of(row)));
        trainings.keySet().retainAll(reached.keySet());
        Map<Integer, Fitness> fitnesses = new HashMap<>();
        trainings.forEach((index, byNetwork) -> {
            Reached candidate = reached.get(index);
            fitnesses.put(
                    index,
                    StoredTraining.fitness(List.copyOf(byNetwork.values()), candidate.steps)
                            .with(candidate.further));
        });
        return fitnesses;
    }

    /**
     * What the row of a candidate with a fitness tells of it.
     *
     * @param steps   as {@link Fitness#reach} has them
     * @param further values in the objectives besides accuracy
     */
    private record Reached(int steps, List<ObjectiveValue> further) {}

    /** The candidates with a fitness by index. */
    private Map<Integer, Reached> reached(boolean baselines) {
        Map<Integer, Reached> reached = new HashMap<>();
        List<String> columns = List.of("index", "origin", "status", "stopped_at", ObjectiveValues.COLUMN);
        read(Table.CANDIDATES, columns, row -> {
            String status = row.text("status");
            if (CandidateRow.isBaseline(row) == baselines && (status.equals(TRAINED) || status.equals(STOPPED))) {
                int steps = status.equals(TRAINED) ? Fitness.WHOLE : row.integer("stopped_at");
                reached.put(row.integer("index"), new Reached(steps, ObjectiveValues.read(row)));
            }
        });
        return reached;
    }

    /** The accuracies of one training: at its end, and at its hurdles by their steps. */
    private record StoredTraining(double accuracy, SortedMap<Integer, Double> hurdles) {

        static final List<String> COLUMNS = List.of("index", "network_index", "accuracy", "hurdles");

        static StoredTraining of(StoredRow row) {
            return new StoredTraining(row.share("accuracy"), EvaluationRow.hurdles(row));
        }

        /** The fitness of a candidate with these trainings, in the order of the networks. */
        static Fitness fitness(List<StoredTraining> trainings, int reach) {
            SortedMap<Integer, Double> first = trainings.get(0).hurdles;
            List<Fitness.AtHurdle> earlier = first.keySet().stream()
                    .filter(steps -> steps < first.lastKey())
                    .filter(steps -> trainings.stream().allMatch(training -> training.hurdles.containsKey(steps)))
                    .map(steps -> new Fitness.AtHurdle(
                            steps,
                            trainings.stream()
                                    .map(training -> training.hurdles.get(steps))
                                    .toList()))
                    .toList();
            return new Fitness(trainings.stream().map(StoredTraining::accuracy).toList(), reach, earlier);
        }
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
