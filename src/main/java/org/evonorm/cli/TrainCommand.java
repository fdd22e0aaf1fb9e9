package org.evonorm.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.evonorm.data.Dataset;
import org.evonorm.engine.Engine;
import org.evonorm.network.Network;
import org.evonorm.settings.EngineName;
import org.evonorm.settings.MemoryCheck;
import org.evonorm.training.ProxyTask;
import org.evonorm.training.RateDecay;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code evonorm train}: trains layers in networks and prints their accuracies. */
@Command(
        name = "train",
        header = {"Trains a layer in an anchor network and tells how accurate it gets.", ""},
        description = {
            "",
            "The training is the search's. Several layers, networks and seeds are trained one after "
                    + "another; the default settings are the CIFAR proxy task's with 300 steps.",
            ""
        })
final class TrainCommand implements Callable<Integer> {

    /** Number of classes for checks that come before the images; it makes no difference to them. */
    private static final int CLASSES = 10;

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec;

    @Mixin
    private LayerOptions layers;

    @Mixin
    private NetworkOptions networks;

    @Mixin
    private DataOptions data;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "300",
            description = "Optimizer steps. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "128",
            description = "Images per step. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--crop",
            paramLabel = "PIXELS",
            defaultValue = "24",
            description = "Side of the random crops trained on; whole images are scored. Default: ${DEFAULT-VALUE}.")
    private int crop;

    @Option(
            names = "--rate",
            paramLabel = "R",
            defaultValue = "0.1",
            description = "Learning rate after warm-up. Default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(
            names = "--decay",
            paramLabel = "DECAY",
            defaultValue = "constant",
            description = "What the rate does after warm-up: constant or cosine. Default: ${DEFAULT-VALUE}.")
    private RateDecay decay;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "50",
            description = "Steps over which the rate rises linearly. Default: ${DEFAULT-VALUE}.")
    private int warmup;

    @Option(
            names = "--momentum",
            paramLabel = "M",
            defaultValue = "0.9",
            description = "Nesterov momentum. Default: ${DEFAULT-VALUE}.")
    private double momentum;

    @Option(
            names = "--weight-decay",
            paramLabel = "D",
            defaultValue = "1e-4",
            description = "Weight decay of convolution and dense weights. Default: ${DEFAULT-VALUE}.")
    private double weightDecay;

    @Option(
            names = "--score-every",
            paramLabel = "N",
            defaultValue = "100",
            description = "Steps between points of the learning curve; 0 for the end alone. Default: ${DEFAULT-VALUE}.")
    private int scoreEvery;

    @Option(
            names = "--seed",
            split = "[,\\s]+",
            splitSynopsisLabel = ",",
            arity = "1..*",
            paramLabel = "N",
            description = {
                "Gives the initial parameters, the order of the images, crops and flips; several between commas or "
                        + "blanks. Default: 1."
            })
    private List<Long> seeds = List.of(1L);

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that a step uses. Default: one for each processor.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = "cpu",
            description = {
                "The engine: cpu, or dl4j (Deeplearning4j), which takes its threads from OMP_NUM_THREADS.",
                "Default: ${DEFAULT-VALUE}."
            })
    private EngineName engineName;

    @Option(names = "--json", description = "Print a JSON object per line for each training.")
    private boolean json;

    @Override
    public Integer call() {
        Limits.threads("--threads", threads);
        Limits.notEmpty("--seed", seeds);
        TrainingSettings settings =
                new TrainingSettings(steps, batch, crop, rate, decay, warmup, momentum, weightDecay, scoreEvery);
        for (Network network : networks.networks(CLASSES)) {
            MemoryCheck.require(network, batch, crop, 1, "--batch, --crop, --width or --depth");
        }
        Engine engine = engineName.create();
        Dataset images = Progress.during(data.work(), data::dataset);
        List<Network> anchors = networks.networks(images.classes());
        // On standard output there is nothing but JSON where that was asked for.
        PrintWriter told = json ? spec.commandLine().getErr() : out();
        if (Verbosity.chosen() != Verbosity.QUIET) {
            told.println(images.facts().sizes());
            told.flush();
        }
        TextTable summary = new TextTable("network", "layer", "seed", "accuracy", "loss", "seconds");
        int trainings = 0;
        for (long seed : seeds) {
            for (Network network : anchors) {
                for (NamedLayer layer : layers.layers()) {
                    TrainingResult result = train(engine, network, layer, images, settings, seed);
                    print(network, layer, seed, result);
                    summary.row(
                            network.name(),
                            layer.name(),
                            Long.toString(seed),
                            percent(result.accuracy()),
                            figure("%.3f", result.loss()),
                            figure("%.1f", result.seconds()));
                    trainings++;
                }
            }
        }
        if (trainings > 1 && !json) {
            summary.print(out());
        }
        return 0;
    }

    private TrainingResult train(
            Engine engine, Network network, NamedLayer layer, Dataset images, TrainingSettings settings, long seed) {
        String task = layer.name() + " in " + network.name();
        try (Progress progress = Progress.of(task, "steps", steps)) {
            return ProxyTask.train(
                    engine,
                    network,
                    layer.layer(),
                    images,
                    settings,
                    threads,
                    seed,
                    (step, loss, rate) -> progress.at(step, figure("loss %.3f, rate %.4f", loss, rate)));
        }
    }

    private void print(Network network, NamedLayer layer, long seed, TrainingResult result) {
        if (json) {
            out().println(json(network, layer, seed, result));
            out().flush();
            return;
        }
        String outcome = result.diverged()
                ? figure("the loss was not finite after %d steps", result.steps())
                : figure(
                        "accuracy %s, loss %.3f after %d steps",
                        percent(result.accuracy()), result.loss(), result.steps());
        out().println(layer.name() + " in " + network.name() + ", seed " + seed + ": " + outcome
                + figure(" and %.1f s, %.0f images/s", result.seconds(), result.imagesPerSecond()));
        TextTable curve = new TextTable("  step", "training loss", "accuracy");
        result.curve()
                .forEach(point -> curve.row(
                        "  " + point.step(), figure("%.3f", point.trainingLoss()), percent(point.accuracy())));
        curve.print(out());
        out().println();
    }

    private static ObjectNode json(Network network, NamedLayer layer, long seed, TrainingResult result) {
        ObjectNode object = JSON.createObjectNode()
                .put("network", network.name())
                .put("layer", layer.name())
                .put("seed", seed)
                .put("steps", result.steps())
                .put("accuracy", result.accuracy());
        if (result.diverged()) {
            object.putNull("loss");
        } else {
            object.put("loss", result.loss());
        }
        object.put("diverged", result.diverged())
                .put("seconds", result.seconds())
                .put("images_per_second", result.imagesPerSecond());
        ArrayNode curve = object.putArray("curve");
        result.curve()
                .forEach(point -> curve.addObject()
                        .put("step", point.step())
                        .put("training_loss", point.trainingLoss())
                        .put("accuracy", point.accuracy()));
        return object;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static String percent(double share) {
        return figure("%.2f%%", 100 * share);
    }

    private static String figure(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
