package org.evonorm.report;

import com.typesafe.config.Config;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.ParetoFront;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.settings.ProxyDescription;
import org.evonorm.settings.RunConf;
import org.evonorm.store.RerankRow;
import org.evonorm.store.RerankTable;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunTables;
import org.evonorm.store.StoredCandidate;
import org.evonorm.training.TrainingResult.CurvePoint;

/**
 * The history of a run's committed generations, as far as a report shows it.
 *
 * @param folder    location of the run's folder
 * @param runConf   text of run.conf
 * @param settings  settings that the run was started with
 * @param startedWith versions, engine, processor and checksum of the images at the start
 * @param planned   number of generations that the settings ask for, without generation 0
 * @param networks  names of the networks, in the order of the accuracies
 * @param objectives objectives besides accuracy, in the order of the settings
 * @param funnels   funnels of the committed generations, generation 0 first
 * @param baselines the baselines, in the order of the settings
 * @param found     layers other than baselines that were trained with all steps, the highest mean accuracy first
 * @param front     Pareto front of the window after the last generation, the highest mean accuracy first
 * @param curves    learning curves of the front and the baselines
 * @param reranked  trainings of the run's reranks, in the order of their batches
 */
public record RunHistory(
        String folder,
        String runConf,
        Config settings,
        SortedMap<String, String> startedWith,
        int planned,
        List<String> networks,
        List<Objective> objectives,
        List<Funnel> funnels,
        List<Evaluated> baselines,
        List<Evaluated> found,
        List<Evaluated> front,
        Map<RunTables.Training, List<CurvePoint>> curves,
        List<RerankRow.Named> reranked) {

    private static final double HOUR = 3600;
    private static final double MINUTE = 60;

    private static final Comparator<Evaluated> BEST_FIRST =
            Comparator.comparingDouble(layer -> -layer.fitness().mean());

    /**
     * Reads the generations that are committed now.
     *
     * @throws org.evonorm.store.StoreException if a committed file is missing or damaged
     * @throws IllegalArgumentException if there is no run in the folder or none of its generations is committed
     */
    public static RunHistory read(RunFolder folder) {
        Config settings = RunConf.settings(folder);
        Config search = settings.getConfig("search");
        RunTables tables = RunTables.open(folder);
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
                RunConf.startedWith(folder),
                search.getInt("generations"),
                search.getStringList("networks"),
                objectives(search),
                tables.totals().stream().map(Funnel::of).toList(),
                baselines,
                tables.best(Integer.MAX_VALUE),
                front,
                tables.curves(Stream.concat(front.stream(), baselines.stream())
                        .map(Evaluated::candidate)
                        .toList()),
                new RerankTable(folder).named());
    }

    /** The objectives of a run; those of earlier versions, which have no such setting, are none besides accuracy. */
    private static List<Objective> objectives(Config search) {
        return !search.hasPath("objectives")
                ? List.of()
                : search.getStringList("objectives").stream()
                        .flatMap(name -> Objective.named(name).stream())
                        .filter(objective -> objective != Objective.ACCURACY)
                        .toList();
    }

    /** Number of the last committed generation. */
    public int generation() {
        return funnels.size() - 1;
    }

    /** Number of layers proposed after generation 0. */
    public long proposed() {
        return funnels.stream().skip(1).mapToLong(Funnel::proposed).sum();
    }

    /** The computing time of filters and trainings, summed over all tasks, as text. */
    public String duration() {
        double seconds = funnels.stream().mapToDouble(Funnel::seconds).sum();
        return seconds < HOUR
                ? String.format(Locale.ROOT, "%.1f minutes", seconds / MINUTE)
                : String.format(Locale.ROOT, "%.1f hours", seconds / HOUR);
    }

    /** The layer with the highest mean accuracy of all generations; empty if no layer was trained. */
    public Optional<Evaluated> best() {
        return found.stream().findFirst();
    }

    /** A trained layer as an export of the run has it. */
    ExportedLayer exported(Evaluated layer) {
        Map<String, Double> accuracies = new LinkedHashMap<>();
        for (int i = 0; i < networks.size(); i++) {
            accuracies.put(networks.get(i), layer.fitness().accuracies().get(i));
        }
        return ExportedLayer.of(
                folder,
                new StoredCandidate(layer.candidate(), Funnel.TRAINED, accuracies),
                ProxyDescription.of(settings));
    }

    /** The baseline with the highest mean accuracy. */
    public Optional<Evaluated> bestBaseline() {
        return baselines.stream().min(BEST_FIRST);
    }

    /** The learning curve of a layer in a network; empty if the training was not scored on the way. */
    List<CurvePoint> curve(Evaluated layer, String network) {
        return curves.getOrDefault(
                new RunTables.Training(
                        layer.candidate().generation(), layer.candidate().index(), network),
                List.of());
    }
}
