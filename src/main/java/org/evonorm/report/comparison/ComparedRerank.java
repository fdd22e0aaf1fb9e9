package org.evonorm.report.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.evonorm.report.RerankRanking;
import org.evonorm.report.RunHistory;
import org.evonorm.store.RerankRow;

/**
 * The reranks of the runs beside each other, on the same kind of images.
 *
 * @param images the images, as {@link RerankRanking#images()}
 * @param rows   layers of all runs that were reranked, highest mean first
 * @param seeds  the runs with their numbers of seeds, in words
 * @param alike  whether the trainings had the same settings in all runs
 * @param without names of the runs that have no such rerank, between commas; empty if all have one
 */
public record ComparedRerank(String images, List<Row> rows, String seeds, boolean alike, String without) {

    public ComparedRerank {
        rows = List.copyOf(rows);
    }

    /** A layer in the rerank of a run. */
    public record Row(String run, RerankRanking.RankedLayer layer) {}

    /** The reranks of at least two runs on held-out images, and likewise on test images. */
    static List<ComparedRerank> of(List<ComparedRun> runs, List<String> networks) {
        Map<String, Map<ComparedRun, RerankRanking>> byImages = new TreeMap<>();
        for (ComparedRun run : runs) {
            for (RerankRanking ranking : RerankRanking.of(run.history().reranked(), networks)) {
                byImages.computeIfAbsent(
                                ranking.images(), images -> new TreeMap<>(Comparator.comparingInt(ComparedRun::number)))
                        .put(run, ranking);
            }
        }
        List<ComparedRerank> compared = new ArrayList<>();
        byImages.forEach((images, rankings) -> {
            if (rankings.size() > 1) {
                compared.add(of(images, rankings, runs));
            }
        });
        return compared;
    }

    private static ComparedRerank of(String images, Map<ComparedRun, RerankRanking> rankings, List<ComparedRun> runs) {
        List<Row> rows = rankings.entrySet().stream()
                .flatMap(ranked -> ranked.getValue().layers().stream()
                        .map(layer -> new Row(ranked.getKey().name(), layer)))
                .sorted(Comparator.comparingDouble(
                        (Row row) -> -row.layer().overall().mean()))
                .toList();
        String seeds = rankings.entrySet().stream()
                .map(ranked -> ranked.getKey().name() + " " + ranked.getValue().seeds())
                .collect(Collectors.joining(", "));
        boolean alike = rankings.keySet().stream()
                        .map(run -> settings(run.history()))
                        .distinct()
                        .count()
                == 1;
        String without = runs.stream()
                .filter(run -> !rankings.containsKey(run))
                .map(ComparedRun::name)
                .collect(Collectors.joining(", "));
        return new ComparedRerank(images, rows, seeds, alike, without);
    }

    /** The settings of the last trainings by network. */
    private static Map<String, String> settings(RunHistory history) {
        Map<String, String> settings = new TreeMap<>();
        for (RerankRow.Named row : history.reranked()) {
            RerankRow.Training training = row.score().training();
            settings.put(training.network(), training.settings());
        }
        return settings;
    }
}
