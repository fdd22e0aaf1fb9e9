package org.evonorm.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.evonorm.evolution.Candidate;

/** The candidate of a run that the first digits of an id name, or else the message that says which ids are near. */
final class CandidateById {

    /** Number of ids in the message about an ambiguous id. */
    private static final int AMBIGUOUS_IDS = 5;

    /** Digits of an id. */
    private static final int DIGITS = 16;

    private final RunTables tables;
    private final String prefix;
    private final Set<String> ids = new TreeSet<>();
    private Optional<Proposal> chosen = Optional.empty();

    /**
     * A proposal of a candidate; one that was trained, or at least to a hurdle, comes before others, and then the
     * earliest.
     */
    private record Proposal(GenerationTables generation, int index, String status) implements Comparable<Proposal> {

        private static final Comparator<Proposal> ORDER = Comparator.comparing(
                        (Proposal proposal) -> !proposal.status.equals(GenerationTables.TRAINED))
                .thenComparing(proposal -> !proposal.status.equals(GenerationTables.STOPPED))
                .thenComparingInt(proposal -> proposal.generation.generation())
                .thenComparingInt(Proposal::index);

        @Override
        public int compareTo(Proposal other) {
            return ORDER.compare(this, other);
        }
    }

    private CandidateById(RunTables tables, String prefix) {
        this.tables = tables;
        this.prefix = prefix;
    }

    static StoredCandidate find(RunTables tables, String prefix) {
        CandidateById search = new CandidateById(tables, prefix);
        tables.each().forEach(search::lookInto);
        return search.found();
    }

    private void lookInto(GenerationTables generation) {
        generation.read(Table.CANDIDATES, List.of("index", "id", "status"), row -> {
            String id = row.text("id");
            if (id.startsWith(prefix)) {
                ids.add(id);
                Proposal proposal = new Proposal(generation, row.integer("index"), row.text("status"));
                if (chosen.isEmpty() || proposal.compareTo(chosen.get()) < 0) {
                    chosen = Optional.of(proposal);
                }
            }
        });
    }

    private StoredCandidate found() {
        if (chosen.isEmpty()) {
            throw new StoreException("the run in " + tables.folder() + " has no candidate whose id starts with '"
                    + prefix + "'" + nearest() + "; the tables candidates and selection hold all ids");
        }
        if (ids.size() > 1) {
            throw new StoreException("in the run in " + tables.folder()
                    + " several candidates have ids that start with '" + prefix + "' ("
                    + String.join(", ", ids.stream().limit(AMBIGUOUS_IDS).toList())
                    + (ids.size() > AMBIGUOUS_IDS ? ", …" : "") + "); give more digits");
        }
        return stored(chosen.get());
    }

    /** The id with the smallest edit distance, for a message; empty if the run has no candidates. */
    private String nearest() {
        // A prefix of many letters is as far from all ids.
        String wanted = prefix.substring(0, Math.min(prefix.length(), 2 * DIGITS));
        LevenshteinDistance changes = LevenshteinDistance.getDefaultInstance();
        Set<String> all = new TreeSet<>();
        tables.each()
                .forEach(generation -> generation.read(Table.CANDIDATES, List.of("id"), row -> {
                    all.add(row.text("id"));
                }));
        return all.stream()
                .min(Comparator.<String>comparingInt(id ->
                                changes.apply(id.substring(0, Math.min(id.length(), wanted.length())), wanted))
                        .thenComparing(Comparator.naturalOrder()))
                .map(id -> " (the nearest is " + id + ")")
                .orElse("");
    }

    private static StoredCandidate stored(Proposal proposal) {
        Set<Integer> index = Set.of(proposal.index);
        List<Candidate> candidate = new ArrayList<>();
        proposal.generation.read(
                Table.CANDIDATES,
                CandidateRow.CANDIDATE,
                index,
                row -> candidate.add(CandidateRow.candidate(proposal.generation.generation(), row)));
        Map<Integer, StoredRow> trainings = new TreeMap<>();
        proposal.generation.read(
                Table.EVALUATIONS,
                List.of("index", "network_index", "network", "accuracy"),
                index,
                row -> trainings.put(row.integer("network_index"), row));
        Map<String, Double> accuracies = new LinkedHashMap<>();
        trainings.values().forEach(training -> accuracies.put(training.text("network"), training.share("accuracy")));
        return new StoredCandidate(candidate.get(0), proposal.status, accuracies);
    }
}
