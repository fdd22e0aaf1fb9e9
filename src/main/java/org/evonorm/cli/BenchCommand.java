package org.evonorm.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.evonorm.cli.measure.RandomGraphTiming;
import org.evonorm.cli.measure.StepTiming;
import org.evonorm.data.Batch;
import org.evonorm.data.Images;
import org.evonorm.engine.Engine;
import org.evonorm.graph.Baselines;
import org.evonorm.network.Network;
import org.evonorm.settings.EngineName;
import org.evonorm.settings.MemoryCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code evonorm bench}: measures the time of training steps. */
@Command(
        name = "bench",
        header = {"Measures the milliseconds of a training step.", ""},
        description = {
            "",
            "A step is forward pass, backward pass and update on random images. The layers of a network "
                    + "take turns, step by step, so that whatever else the machine does meets them alike; medians are "
                    + "printed.",
            ""
        })
final class BenchCommand implements Callable<Integer> {

    private static final int CLASSES = 10;
    /** The largest number of measured times, all of which are kept. */
    private static final int MOST_MEASURED = 1_000_000;

    private static final String IDENTITY = "identity";
    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec;

    @Mixin
    private NetworkOptions networks;

    @Option(
            names = {"--layer", "--layers"},
            arity = "1..*",
            paramLabel = "LAYER",
            converter = NamedLayer.ListConverter.class,
            description = {
                "Names of baselines, formulas, JSON forms or FILE.json, between commas or blanks; "
                        + "blanks around operators belong to the formula.",
                "identity, BN-ReLU, EvoNorm-B0 and EvoNorm-S0 without it."
            })
    private List<NamedLayer.Some> layerArguments = List.of();

    private List<NamedLayer> layers = List.of();

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that a step uses. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--side-by-side",
            paramLabel = "N",
            defaultValue = "1",
            description = {
                "Trainings of the same layer that run at once, as a search runs one per core; "
                        + "the time is that until all have done a step. Default: ${DEFAULT-VALUE}."
            })
    private int sideBySide;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "128",
            description = "Images per step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            defaultValue = "24",
            description = "Side of the images. Default: ${DEFAULT-VALUE}.")
    private int size;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            defaultValue = "20",
            description = "Measured steps of each layer. Default: ${DEFAULT-VALUE}.")
    private int repetitions;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "10",
            description = "Steps before the measured ones, for the JVM to compile. Default: ${DEFAULT-VALUE}.")
    private int warmup;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = "cpu",
            description = "The engine: cpu or dl4j (Deeplearning4j). Default: ${DEFAULT-VALUE}.")
    private EngineName engineName;

    @Option(
            names = "--random-graphs",
            paramLabel = "N",
            defaultValue = "0",
            description = {
                "Measure N random graphs that pass the static filter instead: their steps against the "
                        + "identity layer's, "
                        + "and how long their models take to build."
            })
    private int randomGraphs;

    @Option(
            names = "--proposals",
            description =
                    "Measure instead how many random graphs per second are proposed, made canonical and filtered, and how "
                            + "many operations their simplified forms save.")
    private boolean proposals;

    @Mixin
    private YieldOptions yieldOptions;

    @Option(names = "--json", description = "Print a JSON object per line instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        layers = layerArguments.stream().flatMap(some -> some.layers().stream()).toList();
        if (!layerArguments.isEmpty()) {
            Limits.notEmpty("--layer", layers);
        }
        if (yieldOptions.chosen()) {
            yieldOptions.measure(layers, json, spec.commandLine().getOut());
            return 0;
        }
        if (layers.isEmpty()) {
            layers = Stream.of(IDENTITY, "BN-ReLU", "EvoNorm-B0", "EvoNorm-S0")
                    .map(name -> new NamedLayer(name, Baselines.get(name)))
                    .toList();
        }
        Limits.threads("--threads", threads);
        Limits.threads("--side-by-side", sideBySide);
        Limits.atLeast("--batch", 1, batchSize);
        Limits.atLeast("--size", 1, size);
        Limits.between("--repetitions", 1, MOST_MEASURED, repetitions);
        Limits.atLeast("--warmup", 0, warmup);
        Limits.between("--random-graphs", 0, MOST_MEASURED, randomGraphs);
        long values = (long) Images.CHANNELS * size * size;
        if (values > Integer.MAX_VALUE / batchSize) {
            throw new IllegalArgumentException("--batch " + batchSize + " with --size " + size + " is more than the "
                    + Integer.MAX_VALUE + " values that a batch may have; choose smaller ones");
        }
        for (Network network : networks.networks(CLASSES)) {
            MemoryCheck.require(
                    network, batchSize, size, sideBySide, "--batch, --size, --width, --depth or --side-by-side");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (proposals) {
            benchProposals(out);
            return 0;
        }
        if (randomGraphs > 0) {
            benchRandomGraphs(out);
            return 0;
        }
        TextTable table = new TextTable("network", "layer", "ms per step", "of identity");
        Engine engine = engineName.create();
        List<Network> anchors = networks.networks(CLASSES);
        StepTiming timing = new StepTiming(engine, threads, sideBySide);
        try (Progress progress =
                Progress.of("bench", "steps", (long) anchors.size() * layers.size() * (warmup + repetitions))) {
            for (int i = 0; i < anchors.size(); i++) {
                Network network = anchors.get(i);
                int before = i * layers.size() * (warmup + repetitions);
                progress.at(before, network.name());
                double[][] times = timing.milliseconds(
                        network,
                        layers.stream().map(NamedLayer::layer).toList(),
                        batch(),
                        warmup,
                        repetitions,
                        steps -> progress.at(before + steps, network.name()));
                if (json) {
                    printJson(out, network, times);
                } else {
                    addRows(table, network, times);
                }
            }
        }
        if (!json) {
            table.print(out);
        }
        return 0;
    }

    private void benchProposals(PrintWriter out) {
        double perSecond = Progress.during("proposing random graphs", new RandomGraphTiming()::proposalsPerSecond);
        RandomGraphTiming.Savings savings = new RandomGraphTiming().savings();
        if (json) {
            out.println(JSON.createObjectNode()
                    .put("proposals_per_second", Math.round(perSecond))
                    .put("graphs", savings.graphs())
                    .put("nodes", savings.nodes())
                    .put("simplified_nodes", savings.simplifiedNodes())
                    .put("instructions", savings.instructions())
                    .put("simplified_instructions", savings.simplifiedInstructions()));
        } else {
            out.println(String.format(Locale.ROOT, "%.0f random graphs per second", perSecond));
            out.println(String.format(
                    Locale.ROOT,
                    "%,d that pass the static filter have %,d nodes, simplified %,d; "
                            + "%,d instructions per training step, simplified %,d",
                    savings.graphs(),
                    savings.nodes(),
                    savings.simplifiedNodes(),
                    savings.instructions(),
                    savings.simplifiedInstructions()));
        }
        out.flush();
    }

    private void benchRandomGraphs(PrintWriter out) throws Exception {
        TextTable table = new TextTable("network", "graphs", "of identity", "slowest tenth", "ms to build");
        List<Network> anchors = networks.networks(CLASSES);
        try (Progress progress = Progress.of("bench", "graphs", (long) anchors.size() * randomGraphs)) {
            for (int i = 0; i < anchors.size(); i++) {
                Network network = anchors.get(i);
                int before = i * randomGraphs;
                RandomGraphTiming.Result result = new RandomGraphTiming()
                        .measure(
                                engineName.create(),
                                network,
                                batch(),
                                threads,
                                randomGraphs,
                                warmup,
                                repetitions,
                                measured -> progress.at(before + measured, network.name()));
                if (json) {
                    printJson(out, network, result);
                    continue;
                }
                double[] sorted = Arrays.stream(result.ofIdentity()).sorted().toArray();
                table.row(
                        network.name(),
                        Integer.toString(randomGraphs),
                        String.format(Locale.ROOT, "%.2f", StepTiming.median(sorted)),
                        String.format(Locale.ROOT, "%.2f", sorted[sorted.length * 9 / 10]),
                        String.format(Locale.ROOT, "%.0f", StepTiming.median(result.building())));
            }
        }
        if (!json) {
            table.print(out);
        }
    }

    /** Random images [batch, size, size, 3] with random labels. */
    private Batch batch() {
        SplittableRandom random = new SplittableRandom(1);
        float[] pixels = new float[Math.multiplyExact(batchSize, size * size * Images.CHANNELS)];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        return new Batch(
                batchSize,
                size,
                size,
                pixels,
                random.ints(batchSize, 0, CLASSES).toArray());
    }

    private void printJson(PrintWriter out, Network network, double[][] times) {
        for (int i = 0; i < layers.size(); i++) {
            ObjectNode result = JSON.createObjectNode()
                    .put("network", network.name())
                    .put("layer", layers.get(i).name())
                    .put("threads", threads)
                    .put("batch", batchSize)
                    .put("ms_per_step", rounded(StepTiming.median(times[i])))
                    .put("size", size)
                    .put("side_by_side", sideBySide);
            ArrayNode all = result.putArray("milliseconds");
            Arrays.stream(times[i]).forEach(time -> all.add(rounded(time)));
            out.println(result);
        }
        out.flush();
    }

    private void printJson(PrintWriter out, Network network, RandomGraphTiming.Result result) {
        ObjectNode object = JSON.createObjectNode()
                .put("network", network.name())
                .put("graphs", randomGraphs)
                .put("threads", threads)
                .put("batch", batchSize)
                .put("size", size)
                .put("median_of_identity", rounded(StepTiming.median(result.ofIdentity())))
                .put("median_ms_to_build", rounded(StepTiming.median(result.building())));
        ArrayNode all = object.putArray("of_identity");
        Arrays.stream(result.ofIdentity()).forEach(ratio -> all.add(rounded(ratio)));
        out.println(object);
        out.flush();
    }

    private static double rounded(double milliseconds) {
        return Math.round(milliseconds * 1000) / 1000.0;
    }

    private void addRows(TextTable table, Network network, double[][] times) {
        OptionalInt identity = IntStream.range(0, layers.size())
                .filter(i -> layers.get(i).layer().graph().isIdentity())
                .findFirst();
        for (int i = 0; i < layers.size(); i++) {
            double time = StepTiming.median(times[i]);
            table.row(
                    network.name(),
                    layers.get(i).name(),
                    String.format(Locale.ROOT, "%.1f", time),
                    identity.isEmpty()
                            ? ""
                            : String.format(Locale.ROOT, "%.2f", time / StepTiming.median(times[identity.getAsInt()])));
        }
    }
}
