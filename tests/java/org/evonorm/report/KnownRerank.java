package org.evonorm.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Layer;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.store.RerankRow;
import org.evonorm.store.RerankTable;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.evonorm.store.ScoredOn;
import org.evonorm.training.TrainingResult;

/** A rerank whose accuracies are given. */
public final class KnownRerank {

    private KnownRerank() {}

    /**
     * Adds a rerank of a search's best layer and BN-ReLU to its run, two trainings each in every network.
     *
     * @param run      folder of the run
     * @param accuracy of the best layer; the two trainings have 0.01 and 0.02 more
     */
    public static void add(SparkSession spark, String run, SearchSummary summary, double accuracy) {
        RunFolder written = RunFolder.at(run, spark.sparkContext().hadoopConfiguration());
        Layer found = summary.best().get(0).candidate().layer();
        List<RerankRow> rows = new ArrayList<>();
        for (String network : List.of("resnet50", "mobilenetv2", "efficientnetb0")) {
            for (int number = 1; number <= 2; number++) {
                rows.add(trained(found, Optional.empty(), network, number, accuracy + number / 100.0));
                rows.add(trained(Baselines.get("BN-ReLU"), Optional.of("BN-ReLU"), network, number, 0.4));
            }
        }
        try (RunLease lease = RunLease.acquire(written)) {
            new RerankTable(written).append(spark, rows, List.of(), lease);
        }
    }

    private static RerankRow trained(Layer layer, Optional<String> name, String network, int number, double accuracy) {
        TrainingResult result =
                new TrainingResult(accuracy, 1, 5, false, List.of(new TrainingResult.CurvePoint(5, 1, accuracy)), 1, 2);
        RerankRow.Training training =
                new RerankRow.Training(CandidateIdentity.id(layer), network, ScoredOn.VALIDATION, number, "{}");
        return new RerankRow(new RerankRow.Score(training, accuracy), name, layer, result, 7, "cpu", "host");
    }
}
