package org.evonorm.search.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.search.KnownAccuracies;
import org.evonorm.search.Search;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.Settings;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of a search as Prometheus and Spark's UI see them, with an installation's usual metrics settings. */
class SearchMetricsTest {

    private static final Pattern METRIC = Pattern.compile("metrics_.*_driver_evonorm_(\\w+)\\{.*} (\\S+)");

    @TempDir
    private Path folder;

    private SparkSession spark;

    @BeforeEach
    void startSparkWithItsUi() {
        LocalSpark.session(2).stop();
        spark = SparkSession.builder()
                .master("local[2]")
                .appName("metrics")
                .config("spark.ui.port", "0")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", 2)
                .config("spark.log.level", "ERROR")
                .config(
                        "spark.metrics.conf.*.sink.prometheusServlet.class",
                        "org.apache.spark.metrics.sink.PrometheusServlet")
                .config("spark.metrics.conf.*.sink.prometheusServlet.path", "/metrics/prometheus")
                .getOrCreate();
    }

    @AfterEach
    void stopSpark() {
        spark.stop();
    }

    /** The current metrics of the search by name, from the servlet. */
    private Map<String, Double> scrape() {
        Map<String, Double> metrics = new TreeMap<>();
        try {
            URI uri = URI.create(spark.sparkContext().uiWebUrl().get() + "/metrics/prometheus/");
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, response.statusCode(), response.body());
            for (String line : response.body().lines().toList()) {
                Matcher metric = METRIC.matcher(line);
                if (metric.matches()) {
                    metrics.put(metric.group(1), Double.valueOf(metric.group(2)));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return metrics;
    }

    @Test
    void afterAContinuationTheGaugesAreThoseOfTheCommittedGenerations() {
        List<String> first = new ArrayList<>(List.of(
                "search.run=" + folder.resolve("run"),
                "search.generations=2",
                "search.seed=2",
                "search.proposals=60",
                "search.baselines=[EvoNorm-B0]"));
        List<Map<String, Double>> scrapes = new ArrayList<>();
        List<GenerationSummary> summaries = new ArrayList<>();
        search(first, new SearchObserver() {
            @Override
            public void generationCommitted(GenerationSummary summary) {
                summaries.add(summary);
                scrapes.add(scrape());
            }
        });
        search(first, new SearchObserver() {
            @Override
            public void bestFound(Evaluated best) {
                scrapes.add(scrape());
            }
        });
        assertEquals(4, scrapes.size());
        Map<String, Double> before = scrapes.get(2);
        Map<String, Double> after = scrapes.get(3);
        assertEquals(summaries.get(2).front().size(), after.get("front_Number"));
        for (String gauge : List.of(
                "generation_Number", "front_Number", "bestMeanAccuracy_Number", "baselineMeanAccuracy_Number")) {
            assertEquals(before.get(gauge), after.get(gauge), gauge);
            assertTrue(after.get(gauge) > 0, gauge);
        }
    }

    private SearchSummary search(List<String> overrides, SearchObserver observer) {
        Settings settings = Settings.load(Optional.empty(), overrides);
        return Search.run(spark, settings, new KnownAccuracies(), "1234", Accepted.NOTHING, observer);
    }

    @Test
    void prometheusAndTheUiSeeHowASearchGoes() {
        Set<String> groups = Collections.synchronizedSet(new LinkedHashSet<>());
        spark.sparkContext().addSparkListener(new SparkListener() {
            @Override
            public void onJobStart(SparkListenerJobStart start) {
                groups.add(String.valueOf(start.properties().getProperty("spark.jobGroup.id")));
            }
        });
        List<GenerationSummary> summaries = new ArrayList<>();
        List<Map<String, Double>> scrapes = new ArrayList<>();
        Settings settings = Settings.load(
                Optional.empty(),
                List.of(
                        "search.run=" + folder.resolve("run"),
                        "search.generations=2",
                        "search.seed=2",
                        "search.proposals=60",
                        "search.baselines=[EvoNorm-B0]"));
        SearchSummary end =
                Search.run(spark, settings, new KnownAccuracies(), "1234", Accepted.NOTHING, new SearchObserver() {
                    @Override
                    public void stageAdvanced(int generation, Stage stage, int done, int total) {
                        if (generation == 1 && stage == Stage.TRAIN && done == 0) {
                            Map<String, Double> now = scrape();
                            assertEquals(0, now.get("stage_done_Number"));
                            assertEquals((double) total, now.get("stage_total_Number"));
                            assertEquals(Stage.TRAIN.ordinal(), now.get("stage_number_Number"));
                        }
                    }

                    @Override
                    public void generationCommitted(GenerationSummary summary) {
                        summaries.add(summary);
                        scrapes.add(scrape());
                    }
                });
        Map<String, Double> last = scrapes.get(2);
        assertEquals(2, last.get("generation_Number"));
        assertEquals(121, last.get("proposed_Count"));
        assertEquals(summaries.stream().mapToInt(GenerationSummary::trained).sum(), last.get("trained_Count"));
        assertEquals(summaries.stream().mapToInt(GenerationSummary::duplicates).sum(), last.get("duplicates_Count"));
        for (var filter : CandidateStatus.Filter.values()) {
            assertEquals(
                    summaries.stream()
                            .mapToInt(summary -> summary.rejectedBy(filter))
                            .sum(),
                    last.get("rejected_" + filter.name().toLowerCase(Locale.ROOT) + "_Count"));
        }
        assertEquals(end.best().get(0).fitness().mean(), last.get("bestMeanAccuracy_Number"));
        assertEquals(end.baselines().get(0).fitness().mean(), last.get("baselineMeanAccuracy_Number"));
        assertEquals(summaries.get(2).idle(), last.get("idle_Number"));
        assertTrue(summaries.stream().allMatch(summary -> summary.idle() > 0 && summary.idle() < 1), "" + summaries);
        assertEquals(Map.of(), scrape(), "metrics of a search that has ended");
        assertTrue(
                groups.containsAll(List.of(
                        "generation 0: train",
                        "generation 0: commit",
                        "generation 1: propose",
                        "generation 1: filter",
                        "generation 2: train",
                        "generation 2: commit")),
                groups.toString());
        assertTrue(groups.stream().noneMatch("null"::equals), "jobs of no group beside " + groups);
    }
}
