package org.evonorm.store;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.Origin;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Family;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.rejection.SignalTest;
import org.evonorm.rejection.StabilityTest;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingResult.CurvePoint;

/** A generation of random content: candidates of every status, and evaluations of the trained ones. */
record TestGeneration(
        int number, List<CandidateRow> candidates, List<EvaluationRow> evaluations, List<Evaluated> trained) {

    static final List<String> NETWORKS = List.of("resnet50", "mobilenetv2");

    static TestGeneration random(int number, int size) {
        SplittableRandom random = new SplittableRandom(number);
        TestGeneration generation = new TestGeneration(number, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int index = 0; index < size; index++) {
            Layer layer = Layer.evolved(new RandomGraphs(Family.B, 10).next(random));
            Origin origin = switch (index % 3) {
                case 0 -> new Origin.Random();
                case 1 -> new Origin.Mutation("parent" + index);
                default -> new Origin.Crossover("parent" + index, "graft" + index);
            };
            generation.add(origin, layer, status(index), random);
        }
        return generation;
    }

    static TestGeneration baselines(String... names) {
        TestGeneration generation = new TestGeneration(0, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (String name : names) {
            generation.add(
                    new Origin.Baseline(name),
                    Baselines.get(name),
                    new CandidateStatus.Trained(),
                    new SplittableRandom(9));
        }
        return generation;
    }

    private static CandidateStatus status(int index) {
        return switch (index % 6) {
            case 1 -> new CandidateStatus.Duplicate("original");
            case 2 ->
                new CandidateStatus.Rejected(CandidateStatus.Filter.STATIC, "zero gradient, \"quoted\"\nand broken");
            case 3 -> new CandidateStatus.Rejected(CandidateStatus.Filter.QUALITY, "11%");
            case 4 -> new CandidateStatus.Failed("it threw");
            default -> new CandidateStatus.Trained();
        };
    }

    private void add(Origin origin, Layer layer, CandidateStatus status, SplittableRandom random) {
        int index = candidates.size();
        Candidate candidate = new Candidate(CandidateIdentity.id(layer), origin, number, index, layer);
        candidates.add(new CandidateRow(
                candidate,
                "key" + number + "-" + index,
                status,
                new SignalTest.Taken(0.5, 0.25, 0.125),
                new StabilityTest.Taken(index, 1e3 * index),
                List.of(),
                new StageSeconds(0.5, 0.125, 0.25, 1, 2)));
        if (status instanceof CandidateStatus.Trained) {
            List<Double> accuracies = new ArrayList<>();
            for (String network : NETWORKS) {
                double accuracy = random.nextInt(1001) / 1000.0;
                TrainingResult result = new TrainingResult(
                        accuracy,
                        Double.NaN,
                        7,
                        true,
                        List.of(new CurvePoint(3, 2.5, 0.25), new CurvePoint(7, Double.POSITIVE_INFINITY, accuracy)),
                        1,
                        2);
                evaluations.add(new EvaluationRow(
                        index,
                        candidate.id(),
                        NETWORKS.indexOf(network),
                        network,
                        result,
                        List.of(),
                        random.nextLong(),
                        "cpu",
                        "host"));
                accuracies.add(accuracy);
            }
            trained.add(new Evaluated(candidate, new Fitness(accuracies)));
        }
    }

    /** Writes all three tables without a commit. */
    GenerationWriter write(SparkSession spark, RunFolder folder, RunLease lease, SlidingWindow window) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        GenerationWriter writer = new GenerationWriter(spark, folder, lease, number, List.of());
        writer.candidates(context.parallelize(candidates, 3));
        writer.evaluations(context.parallelize(evaluations, 2));
        writer.selection(window, NETWORKS);
        return writer;
    }

    /** Writes and commits under a lease of its own. */
    void commit(SparkSession spark, RunFolder folder, SlidingWindow window) {
        try (RunLease lease = RunLease.acquire(folder)) {
            write(spark, folder, lease, window).commit();
        }
    }
}
