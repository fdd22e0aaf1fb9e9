package org.evonorm.search;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Fitness;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.rejection.SignalResult;
import org.evonorm.rejection.SignalTest;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.rejection.StabilityTest;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.Robustness;
import org.evonorm.training.StretchResult;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingResult.CurvePoint;
import org.evonorm.training.TrainingStretch;

/**
 * An evaluator that trains nothing. Each network prefers some primitives, and the accuracy of a layer in the network is
 * the share of them that the layer's output depends on. A layer with exp and without square fails the stability filter,
 * a layer of fewer than three nodes the quality filter; a layer with log or tanh throws, and a layer with exp and
 * square diverges. In eight bits a layer is half as accurate.
 */
public record KnownAccuracies() implements CandidateEvaluator {

    private static final List<Set<String>> LIKED = List.of(
            Set.of("div", "std_bwh", "max", "mul", "sigmoid", "add"),
            Set.of("div", "std_wh", "max", "mul", "neg", "rms_whcg"),
            Set.of("div", "mean_whc", "abs", "mul", "sqrt", "add"));

    static final List<String> NETWORKS = List.of("resnet50", "mobilenetv2", "efficientnetb0");
    /** Trainings before the machine breaks down; negative for a machine that never does. */
    static final AtomicInteger TRAININGS_LEFT = new AtomicInteger(-1);
    /** Stretches of trainings that did not go on from the state that the stretch before them left. */
    static final AtomicInteger ANEW = new AtomicInteger();
    /** Milliseconds per training. */
    static final AtomicInteger TRAINING_MILLIS = new AtomicInteger();
    /** Filters and trainings that ended with a result or an exception in this JVM. */
    static final AtomicInteger TRIALS = new AtomicInteger();

    /** The accuracies in all networks; 0 if the layer diverges. */
    static Fitness fitness(Layer layer) {
        return new Fitness(NETWORKS.stream().map(name -> accuracy(layer, name)).toList());
    }

    private static double accuracy(Layer layer, String network) {
        Set<String> liked = LIKED.get(NETWORKS.indexOf(network));
        return diverges(layer)
                ? 0
                : liked.stream().filter(primitive -> has(layer, primitive)).count() / (double) liked.size();
    }

    private static boolean diverges(Layer layer) {
        return has(layer, "exp") && has(layer, "square");
    }

    private static boolean has(Layer layer, String primitive) {
        BitSet reachable = CanonicalForm.reachable(layer.graph());
        return reachable.stream()
                .filter(id -> id >= LayerGraph.INITIAL_NODES)
                .mapToObj(layer.graph()::node)
                .map(Node::primitive)
                .anyMatch(used -> used.symbol().equals(primitive));
    }

    @Override
    public String engine() {
        return "known";
    }

    @Override
    public long cost(String network) {
        return network.length();
    }

    @Override
    public SignalResult checkSignal(Layer layer, long seed) {
        SignalTest.Taken test = new SignalTest.Taken(0.5, 0.25, 0.125);
        return has(layer, "tanh")
                ? new SignalResult(new CandidateStatus.Rejected(CandidateStatus.Filter.SIGNAL, "tanh"), test)
                : new SignalResult(new CandidateStatus.Passed(), test);
    }

    @Override
    public StabilityResult checkStability(Layer layer, long seed) {
        return has(layer, "exp") && !has(layer, "square")
                ? new StabilityResult(
                        new CandidateStatus.Rejected(CandidateStatus.Filter.STABILITY, "exp"),
                        new StabilityTest.Taken(3, Double.POSITIVE_INFINITY))
                : new StabilityResult(new CandidateStatus.Passed(), new StabilityTest.Taken(100, 2.5));
    }

    @Override
    public CandidateStatus checkQuality(Layer layer, long seed) {
        TRIALS.incrementAndGet();
        return quality(layer);
    }

    @Override
    public CandidateStatus judgeAtFirstHurdle(Layer layer, String network, TrainingResult result) {
        return quality(layer);
    }

    private static CandidateStatus quality(Layer layer) {
        int nodes = CanonicalForm.of(layer.graph()).nodes().size();
        return nodes < 3
                ? new CandidateStatus.Rejected(CandidateStatus.Filter.QUALITY, nodes + " nodes")
                : new CandidateStatus.Passed();
    }

    @Override
    public TrainingResult train(Layer layer, String network, long seed) {
        work(layer);
        double accuracy = accuracy(layer, network);
        return result(accuracy, 5, diverges(layer));
    }

    /**
     * As a training, whose accuracy grows evenly from hurdle to hurdle. Layers that diverge do so after the first
     * hurdle. The state is the seed and the step.
     */
    @Override
    public StretchResult trainStretch(
            Layer layer,
            String network,
            long seed,
            TrainingStretch stretch,
            Optional<float[]> state,
            boolean filtered) {
        work(layer);
        if (!state.map(KnownAccuracies::text).equals(stretch.previous().map(before -> text(state(seed, before))))) {
            ANEW.incrementAndGet();
        }
        double share =
                stretch.to() / (double) stretch.hurdles().get(stretch.hurdles().size() - 1);
        TrainingResult result =
                result(share * accuracy(layer, network), stretch.to(), diverges(layer) && stretch.from() > 0);
        return new StretchResult(result, result.diverged() ? Optional.empty() : Optional.of(state(seed, stretch)));
    }

    private static float[] state(long seed, TrainingStretch stretch) {
        return new float[] {seed, stretch.to()};
    }

    private static String text(float[] state) {
        return Arrays.toString(state);
    }

    private static TrainingResult result(double accuracy, int steps, boolean diverged) {
        return new TrainingResult(
                accuracy,
                diverged ? Double.NaN : 1 - accuracy,
                steps,
                diverged,
                List.of(new CurvePoint(steps, 1, accuracy)),
                System.nanoTime() * 1e-9,
                7,
                diverged ? Map.of() : Map.of(Robustness.INT8, accuracy / 2));
    }

    private static void work(Layer layer) {
        if (TRAININGS_LEFT.get() >= 0 && TRAININGS_LEFT.getAndDecrement() == 0) {
            TRAININGS_LEFT.set(0);
            throw new AssertionError("the machine broke down");
        }
        pause(TRAINING_MILLIS.get());
        TRIALS.incrementAndGet();
        if (has(layer, "log") || has(layer, "tanh")) {
            throw new IllegalStateException("no good\nat all");
        }
    }

    @Override
    public PartitionTask.Result trainPart(Layer layer, String network, long seed, PartitionTask part) {
        throw new AssertionError("known accuracies have no parts");
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }
}
