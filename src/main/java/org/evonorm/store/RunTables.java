package org.evonorm.store;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.levenshtein;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.ParetoFront;
import org.evonorm.evolution.SlidingWindow;
import scala.Tuple2;

/** The tables of a run: the generations that were committed when the object was opened; later commits do not show. */
public final class RunTables {

    private static final Column TRAINED = col("status").equalTo("trained");
    /** Candidates that are baselines; versions before 0.2.0 wrote yardstick as their origin. */
    private static final Column BASELINE = col("origin").isin("baseline", "yardstick");
    /** Digits of mean accuracies that count in an order: sums of doubles in another order differ in the last of 16. */
    private static final int MEAN_DIGITS = 12;

    /** Number of ids in the message about an ambiguous id. */
    private static final int AMBIGUOUS_IDS = 5;

    private static final String[] KEY = {"generation", "index"};

    private final SparkSession spark;
    private final RunFolder folder;
    private final List<CommitRecord> commits;

    private RunTables(SparkSession spark, RunFolder folder, List<CommitRecord> commits) {
        this.spark = spark;
        this.folder = folder;
        this.commits = commits;
    }

    /**
     * Opens the committed generations.
     *
     * @throws StoreException if one of their records or files is missing or altered
     */
    public static RunTables open(SparkSession spark, RunFolder folder) {
        return new RunTables(spark, folder, folder.commits());
    }

    /** Number of committed generations, generation 0 included. */
    public int generations() {
        return commits.size();
    }

    /** All rows of {@link Table#CANDIDATES}, with a column {@code generation}. */
    public Dataset<Row> candidates() {
        return read(Table.CANDIDATES, commits);
    }

    /** All rows of {@link Table#EVALUATIONS}, with a column {@code generation}. */
    public Dataset<Row> evaluations() {
        return read(Table.EVALUATIONS, commits);
    }

    /** All rows of {@link Table#SELECTION}, with a column {@code generation}. */
    public Dataset<Row> selection() {
        return read(Table.SELECTION, commits);
    }

    private Dataset<Row> read(Table table, List<CommitRecord> from) {
        String[] paths = from.stream()
                .flatMap(commit -> commit.files(table).stream())
                .map(file -> folder.path(file.path()).toString())
                .toArray(String[]::new);
        if (paths.length == 0) {
            return spark.createDataFrame(List.of(), table.partitionedSchema());
        }
        return spark.read()
                .schema(table.partitionedSchema())
                .option("basePath", folder.path(table.folder()).toString())
                .parquet(paths);
    }

    /** The sliding window after the last committed generation. */
    public SlidingWindow window(int capacity) {
        if (commits.isEmpty()) {
            return SlidingWindow.empty(capacity);
        }
        Dataset<Row> members = read(Table.SELECTION, commits.subList(commits.size() - 1, commits.size()))
                .select(col("evaluated_in").as("generation"), col("index"), col("accuracies"));
        List<Row> rows = members.join(candidates(), KEY).collectAsList();
        return new SlidingWindow(
                capacity,
                rows.stream()
                        .map(row -> new Evaluated(CandidateRow.candidate(row), SelectionRow.fitness(row)))
                        .toList());
    }

    /**
     * The ids of all candidates that a later candidate may be a duplicate of, by value key. Baselines are left out,
     * since a search may find them again.
     */
    public JavaPairRDD<String, String> originals() {
        return candidates()
                .where(col("status")
                        .notEqual("duplicate")
                        .and(col("status").notEqual("rejected-static"))
                        .and(not(BASELINE)))
                .select("value_key", "id")
                .javaRDD()
                .mapToPair(row -> new Tuple2<>(row.getString(0), row.getString(1)));
    }

    /** The trained baselines, in the order of the settings. */
    public List<Evaluated> baselines() {
        return evaluated(candidates().where(TRAINED.and(BASELINE)))
                .sorted(Comparator.comparing(Evaluated::candidate, Candidate.EVALUATION_ORDER))
                .toList();
    }

    /**
     * The {@code count} trained candidates with the highest mean accuracy over the networks, without baselines, best
     * first.
     */
    public List<Evaluated> best(int count) {
        Dataset<Row> means =
                evaluations().groupBy("generation", "index").agg(avg("accuracy").as("mean_accuracy"));
        Dataset<Row> best = candidates()
                .where(TRAINED.and(not(BASELINE)))
                .join(means, KEY)
                .orderBy(round(col("mean_accuracy"), MEAN_DIGITS).desc(), col("generation"), col("index"))
                .limit(count);
        return evaluated(best)
                .sorted(Comparator.comparingDouble(
                                (Evaluated member) -> -member.fitness().mean())
                        .thenComparing(Evaluated::candidate, Candidate.EVALUATION_ORDER))
                .toList();
    }

    /**
     * The candidate whose id starts with {@code idPrefix}. If the candidate was proposed several times, the proposal
     * that was trained.
     *
     * @throws StoreException if no candidate or more than one has such an id
     */
    public StoredCandidate candidate(String idPrefix) {
        Dataset<Row> found = candidates().where(col("id").startsWith(idPrefix));
        List<String> ids = found.select("id")
                .distinct()
                .orderBy("id")
                .limit(AMBIGUOUS_IDS + 1)
                .as(Encoders.STRING())
                .collectAsList();
        if (ids.isEmpty()) {
            throw new StoreException("the run in " + folder + " has no candidate whose id starts with '" + idPrefix
                    + "'" + nearest(idPrefix) + "; the tables candidates and selection hold all ids");
        }
        if (ids.size() > 1) {
            throw new StoreException("in the run in " + folder + " several candidates have ids that start with '"
                    + idPrefix + "' (" + String.join(", ", ids.subList(0, Math.min(AMBIGUOUS_IDS, ids.size())))
                    + (ids.size() > AMBIGUOUS_IDS ? ", …" : "") + "); give more digits");
        }
        Row row = found.orderBy(not(TRAINED), col("generation"), col("index")).first();
        Candidate candidate = CandidateRow.candidate(row);
        Map<String, Double> accuracies = new LinkedHashMap<>();
        evaluations()
                .where(col("generation")
                        .equalTo(candidate.generation())
                        .and(col("index").equalTo(candidate.index())))
                .orderBy("network_index")
                .select("network", "accuracy")
                .collectAsList()
                .forEach(training -> accuracies.put(training.getString(0), training.getDouble(1)));
        return new StoredCandidate(candidate, row.getAs("status"), accuracies);
    }

    /** The id with the smallest edit distance, for a message; empty if the run has no candidates. */
    private String nearest(String idPrefix) {
        List<String> nearest = candidates()
                .select("id")
                .distinct()
                .orderBy(levenshtein(col("id").substr(1, idPrefix.length()), lit(idPrefix)), col("id"))
                .limit(1)
                .as(Encoders.STRING())
                .collectAsList();
        return nearest.isEmpty() ? "" : " (the nearest is " + nearest.get(0) + ")";
    }

    /**
     * The best {@code count} trained candidates without baselines: first the Pareto front of the last window, then all
     * others, both by falling mean accuracy.
     */
    public List<Evaluated> bestOfFrontFirst(int count) {
        Comparator<Evaluated> byMean = Comparator.comparingDouble(
                        (Evaluated member) -> -member.fitness().mean())
                .thenComparing(Evaluated::candidate, Candidate.EVALUATION_ORDER);
        List<Evaluated> front = ParetoFront.of(window(Integer.MAX_VALUE).members(), Evaluated::fitness).stream()
                .sorted(byMean)
                .toList();
        return Stream.concat(front.stream(), best(count).stream().filter(member -> !front.contains(member)))
                .limit(count)
                .toList();
    }

    /** The candidates of these rows, which must be trained, with their accuracies; in any order. */
    private Stream<Evaluated> evaluated(Dataset<Row> candidates) {
        Dataset<Row> accuracies = evaluations()
                .groupBy("generation", "index")
                .agg(sort_array(collect_list(struct("network_index", "network", "accuracy")))
                        .as("accuracies"));
        return candidates.join(accuracies, KEY).collectAsList().stream()
                .map(row -> new Evaluated(CandidateRow.candidate(row), SelectionRow.fitness(row)));
    }
}
