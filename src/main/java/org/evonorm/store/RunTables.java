package org.evonorm.store;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.ParetoFront;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.training.TrainingResult.CurvePoint;

/**
 * The tables of a run: the generations that were committed when the object was opened; later commits do not show. They
 * are read without Spark, row by row, so that a look into a run takes no longer than its files are large.
 */
public final class RunTables {

    /** Digits of mean accuracies that count in an order, since earlier versions added the accuracies in any order. */
    private static final int MEAN_DIGITS = 12;

    private static final Comparator<Evaluated> BEST_FIRST = Comparator.comparing(
                    Evaluated::fitness, Fitness::compareByMean)
            .reversed()
            .thenComparing(Evaluated::candidate, Candidate.EVALUATION_ORDER);

    private final RunFolder folder;
    private final List<GenerationTables> generations;

    /** A training: a candidate in a network. */
    public record Training(int generation, int index, String network) {}

    /** A trained candidate with its mean accuracy, as far as an order needs it. */
    private record Ranked(GenerationTables generation, int index, Fitness fitness, BigDecimal mean) {

        private static final Comparator<Ranked> BEST_FIRST = Comparator.comparingInt(
                        (Ranked ranked) -> ranked.fitness.reach())
                .thenComparing(Ranked::mean)
                .reversed()
                .thenComparingInt(ranked -> ranked.generation.generation())
                .thenComparingInt(Ranked::index);

        static Ranked of(GenerationTables generation, int index, Fitness fitness) {
            return new Ranked(
                    generation,
                    index,
                    fitness,
                    BigDecimal.valueOf(fitness.mean()).setScale(MEAN_DIGITS, RoundingMode.HALF_UP));
        }
    }

    private RunTables(RunFolder folder, List<CommitRecord> commits) {
        this(
                commits.stream()
                        .map(commit -> new GenerationTables(folder, commit))
                        .toList(),
                folder);
    }

    private RunTables(List<GenerationTables> generations, RunFolder folder) {
        this.folder = folder;
        this.generations = generations;
    }

    /**
     * Opens the committed generations.
     *
     * @throws StoreException if one of their records or files is missing or altered
     */
    public static RunTables open(RunFolder folder) {
        return new RunTables(folder, folder.commits().read());
    }

    /** Number of committed generations, generation 0 included. */
    public int generations() {
        return generations.size();
    }

    /** The tables as they were after a generation. */
    public RunTables until(int generation) {
        return new RunTables(generations.subList(0, generation(generation) + 1), folder);
    }

    /** The tables of each generation, generation 0 first. */
    List<GenerationTables> each() {
        return generations;
    }

    RunFolder folder() {
        return folder;
    }

    /** The sliding window after the last committed generation. */
    public SlidingWindow window(int capacity) {
        if (generations.isEmpty()) {
            return SlidingWindow.empty(capacity);
        }
        Map<Integer, Map<Integer, Fitness>> members = new TreeMap<>();
        generations
                .get(generations.size() - 1)
                .read(
                        Table.SELECTION,
                        SelectionRow.COLUMNS,
                        row -> members.computeIfAbsent(
                                        generation(row.integer("evaluated_in")), generation -> new HashMap<>())
                                .put(row.integer("index"), SelectionRow.fitness(row)));
        List<Evaluated> window = new ArrayList<>();
        members.forEach((generation, fitnesses) ->
                window.addAll(generations.get(generation).evaluated(fitnesses)));
        return new SlidingWindow(capacity, window);
    }

    private int generation(int named) {
        if (named < 0 || named >= generations.size()) {
            throw new IllegalArgumentException("a row names generation " + named + ", which is not committed");
        }
        return named;
    }

    /** The trained baselines, in the order of the settings. */
    public List<Evaluated> baselines() {
        // Generation 0 alone has baselines.
        return generations.stream()
                .limit(1)
                .flatMap(first -> first.evaluated(first.fitnesses(true)).stream())
                .sorted(Comparator.comparing(Evaluated::candidate, Candidate.EVALUATION_ORDER))
                .toList();
    }

    /** The candidates of a generation that were trained with all steps, without baselines, by their index. */
    public List<Evaluated> trained(int generation) {
        GenerationTables tables = generations.get(generation);
        Map<Integer, Fitness> whole = new HashMap<>(tables.fitnesses(false));
        whole.values().removeIf(fitness -> !fitness.isWhole());
        return tables.evaluated(whole).stream()
                .sorted(Comparator.comparing(Evaluated::candidate, Candidate.EVALUATION_ORDER))
                .toList();
    }

    /**
     * The {@code count} trained candidates with the highest mean accuracy over the networks, without baselines, best
     * first. Candidates that were stopped at a hurdle are not among them.
     */
    public List<Evaluated> best(int count) {
        return best(count, false);
    }

    private List<Evaluated> best(int count, boolean orStopped) {
        List<Ranked> ranked = new ArrayList<>();
        for (GenerationTables generation : generations) {
            generation.fitnesses(false).forEach((index, fitness) -> {
                if (fitness.isWhole() || orStopped) {
                    ranked.add(Ranked.of(generation, index, fitness));
                }
            });
        }
        ranked.sort(Ranked.BEST_FIRST);
        Map<GenerationTables, Map<Integer, Fitness>> best = new HashMap<>();
        ranked.stream()
                .limit(count)
                .forEach(chosen -> best.computeIfAbsent(chosen.generation, key -> new HashMap<>())
                        .put(chosen.index, chosen.fitness));
        return best.entrySet().stream()
                .flatMap(entry -> entry.getKey().evaluated(entry.getValue()).stream())
                .sorted(BEST_FIRST)
                .toList();
    }

    /**
     * The best {@code count} candidates without baselines: first the Pareto front of the last window, then all others,
     * both by falling mean accuracy. Candidates that were stopped at a hurdle come after all that were trained with all
     * steps, the later hurdle first.
     */
    public List<Evaluated> bestOfFrontFirst(int count) {
        List<Evaluated> front = ParetoFront.of(window(Integer.MAX_VALUE).members(), Evaluated::fitness).stream()
                .filter(member -> member.fitness().isWhole())
                .sorted(BEST_FIRST)
                .toList();
        Set<Candidate> ofFront = front.stream().map(Evaluated::candidate).collect(Collectors.toSet());
        return Stream.concat(
                        front.stream(),
                        best(count, true).stream().filter(member -> !ofFront.contains(member.candidate())))
                .limit(count)
                .toList();
    }

    /**
     * The candidate whose id starts with {@code idPrefix}. If the candidate was proposed several times, the proposal
     * that was trained.
     *
     * @throws StoreException if no candidate or more than one has such an id
     */
    public StoredCandidate candidate(String idPrefix) {
        return CandidateById.find(this, idPrefix);
    }

    /** What became of the candidates of each generation, generation 0 first. */
    public List<GenerationTotals> totals() {
        return generations.stream().map(GenerationTotals::of).toList();
    }

    /** What became of the candidates of a generation. */
    public GenerationTotals totals(int generation) {
        return GenerationTotals.of(generations.get(generation));
    }

    /** The value keys of all candidates that passed the static filter, without baselines. */
    public Set<String> valueKeys() {
        Set<String> keys = new HashSet<>();
        for (GenerationTables generation : generations) {
            generation.read(Table.CANDIDATES, List.of("origin", "value_key"), row -> {
                if (!CandidateRow.isBaseline(row)) {
                    row.optionalText("value_key").ifPresent(keys::add);
                }
            });
        }
        return keys;
    }

    /** The learning curves of candidates, for each training that ended. */
    public Map<Training, List<CurvePoint>> curves(Collection<Candidate> candidates) {
        Map<Integer, List<Integer>> indices = new TreeMap<>();
        candidates.forEach(candidate -> indices.computeIfAbsent(candidate.generation(), key -> new ArrayList<>())
                .add(candidate.index()));
        Map<Training, List<CurvePoint>> curves = new HashMap<>();
        indices.forEach((generation, wanted) -> generations
                .get(generation)
                .read(
                        Table.EVALUATIONS,
                        List.of("index", "network", "curve"),
                        Set.copyOf(wanted),
                        row -> curves.put(
                                new Training(generation, row.integer("index"), row.text("network")),
                                EvaluationRow.curve(row))));
        return curves;
    }
}
