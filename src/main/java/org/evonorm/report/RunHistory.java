package org.evonorm.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.ParetoFront;
import org.evonorm.settings.RunConf;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunTables;
import org.evonorm.training.TrainingResult.CurvePoint;

/**
 * The history of a run's committed generations, as far as a report shows it.
 *
 * @param folder    location of the run's folder
 * @param runConf   text of run.conf
 * @param settings  settings that the run was started with
 * @param planned   number of generations that the settings ask for, without generation 0
 * @param networks  names of the networks, in the order of the accuracies
 * @param funnels   funnels of the committed generations, generation 0 first
 * @param baselines the baselines, in the order of the settings
 * @param found     trained layers other than baselines, the highest mean accuracy first
 * @param front     Pareto front of the window after the last generation, the highest mean accuracy first
 * @param curves    learning curves of the front and the baselines
 */
record RunHistory(
        String folder,
        String runConf,
        Config settings,
        int planned,
        List<String> networks,
        List<Funnel> funnels,
        List<Evaluated> baselines,
        List<Evaluated> found,
        List<Evaluated> front,
        Map<Training, List<CurvePoint>> curves) {

    private static final Comparator<Evaluated> BEST_FIRST =
            Comparator.comparingDouble(layer -> -layer.fitness().mean());

    /** The key of a training: a candidate in a network. */
    record Training(int generation, int index, String network) {}

    /**
     * Reads the generations that are committed now.
     *
     * @throws org.evonorm.store.StoreException if a committed file is missing or damaged
     * @throws IllegalArgumentException if there is no run in the folder or none of its generations is committed
     */
    static RunHistory read(SparkSession spark, RunFolder folder) {
        Config settings = RunConf.settings(folder);
        Config search = settings.getConfig("search");
        RunTables tables = RunTables.open(spark, folder);
        if (tables.generations() == 0) {
            throw new IllegalArgumentException("no generation of the run in " + folder
                    + " is committed yet; wait for generation 0, or start the search again if it has ended");
        }
        List<Evaluated> baselines = tables.baselines();
        List<Evaluated> front = ParetoFront.of(tables.window(Integer.MAX_VALUE).members(), Evaluated::fitness).stream()
                .sorted(BEST_FIRST)
                .toList();
        return new RunHistory(
                folder.toString(),
                folder.settings(),
                settings,
                search.getInt("generations"),
                search.getStringList("networks"),
                funnels(tables),
                baselines,
                tables.best(Integer.MAX_VALUE),
                front,
                curves(tables, Stream.concat(front.stream(), baselines.stream()).toList()));
    }

    /** The funnels by generation. Columns that earlier versions of the program did not write count as 0. */
    private static List<Funnel> funnels(RunTables tables) {
        Dataset<Row> candidates = tables.candidates();
        Column seconds = Arrays.stream(candidates.columns())
                .filter(name -> name.endsWith("_seconds"))
                .map(name -> coalesce(col(name), lit(0.0)))
                .reduce(lit(0.0), Column::plus);
        Map<Integer, Map<String, Long>> counts = new HashMap<>();
        Map<Integer, Double> times = new HashMap<>();
        for (Row row : candidates
                .groupBy("generation", "status")
                .agg(count("*").as("candidates"), sum(seconds).as("seconds"))
                .collectAsList()) {
            int generation = row.getAs("generation");
            counts.computeIfAbsent(generation, number -> new TreeMap<>())
                    .put(row.getAs("status"), row.<Long>getAs("candidates"));
            times.merge(generation, row.<Double>getAs("seconds"), Double::sum);
        }
        List<Funnel> funnels = new ArrayList<>();
        for (int generation = 0; generation < tables.generations(); generation++) {
            funnels.add(new Funnel(
                    generation, counts.getOrDefault(generation, Map.of()), times.getOrDefault(generation, 0.0)));
        }
        return funnels;
    }

    private static Map<Training, List<CurvePoint>> curves(RunTables tables, List<Evaluated> layers) {
        Object[] ids =
                layers.stream().map(layer -> layer.candidate().id()).distinct().toArray();
        Map<Training, List<CurvePoint>> curves = new HashMap<>();
        for (Row row : tables.evaluations()
                .where(col("id").isin(ids))
                .select("generation", "index", "network", "curve")
                .collectAsList()) {
            List<Row> points = row.getList(3);
            curves.put(
                    new Training(row.getInt(0), row.getInt(1), row.getString(2)),
                    points.stream()
                            .map(point -> new CurvePoint(point.getInt(0), point.getDouble(1), point.getDouble(2)))
                            .toList());
        }
        return curves;
    }

    /** Number of the last committed generation. */
    int generation() {
        return funnels.size() - 1;
    }

    /** The layer with the highest mean accuracy of all generations; empty if no layer was trained. */
    Optional<Evaluated> best() {
        return found.stream().findFirst();
    }

    /** The baseline with the highest mean accuracy. */
    Optional<Evaluated> bestBaseline() {
        return baselines.stream().min(BEST_FIRST);
    }

    /** The learning curve of a layer in a network; empty if the training was not scored on the way. */
    List<CurvePoint> curve(Evaluated layer, String network) {
        return curves.getOrDefault(
                new Training(layer.candidate().generation(), layer.candidate().index(), network), List.of());
    }
}
