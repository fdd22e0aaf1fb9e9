package org.evonorm.search;

import java.util.List;
import java.util.Map;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.ObjectiveValue;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.graph.Layer;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkCost;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.settings.RobustnessObjectives;
import org.evonorm.settings.Settings;
import org.evonorm.settings.SettingsException;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunTables;
import org.evonorm.training.TrainingSettings;

/**
 * The values of layers in the objectives of a search besides accuracy (docs/design.md, "Objectives").
 *
 * @param objectives the objectives, in the order of the settings
 * @param networks   the search's networks
 * @param cropSize   side of the training images in pixels
 * @param batchSize  images per training step
 */
public record LayerObjectives(List<Objective> objectives, List<Network> networks, int cropSize, int batchSize) {

    /** Any number: no value depends on the classes. */
    private static final int CLASSES = 10;

    /** The objectives of a search with these settings. */
    public static LayerObjectives of(Settings settings) {
        return of(settings, settings.networks(), settings.training());
    }

    /** The objectives of a rerank with these settings, in the rerank's networks. */
    public static LayerObjectives ofRerank(Settings settings) {
        return of(settings, settings.rerank().networks(), settings.rerank().training());
    }

    private static LayerObjectives of(
            Settings settings, Map<String, NetworkRecipe> networks, TrainingSettings training) {
        return new LayerObjectives(
                settings.search().furtherObjectives(),
                settings.search().networks().stream()
                        .map(name -> networks.get(name).build(CLASSES))
                        .toList(),
                training.cropSize(),
                training.batchSize());
    }

    /**
     * The values of a layer in all objectives.
     *
     * @param measured by the layer's trainings, one per network that was trained
     */
    List<ObjectiveValue> of(Layer layer, List<TrainingTally.Measured> measured) {
        return objectives.stream()
                .map(objective -> new ObjectiveValue(
                        objective,
                        objective.isOfLayer() ? ofLayer(objective, layer) : ofTrainings(objective, measured)))
                .toList();
    }

    /** The values of a layer in the objectives that take no training. */
    public List<ObjectiveValue> ofLayer(Layer layer) {
        return objectives.stream()
                .filter(Objective::isOfLayer)
                .map(objective -> new ObjectiveValue(objective, ofLayer(objective, layer)))
                .toList();
    }

    private double ofLayer(Objective objective, Layer layer) {
        return switch (objective) {
            case PASSES -> plan(layer).passCount();
            case SAVED_BYTES -> savedBytes(plan(layer));
            case PARAMETERS ->
                networks.stream()
                        .mapToLong(network -> NetworkCost.layerParameters(network, layer))
                        .sum();
            case ACCURACY, BATCH_4_ACCURACY, BFLOAT16_ACCURACY, INT8_ACCURACY, STEP_TIME ->
                throw new IllegalArgumentException(objective.text() + " takes a training of the layer");
        };
    }

    private static LayerPlan plan(Layer layer) {
        return LayerPlan.training(Simplification.of(layer));
    }

    private long savedBytes(LayerPlan plan) {
        return networks.stream()
                .flatMap(network -> NetworkCost.placeShapes(network, cropSize, cropSize).stream())
                .mapToLong(shape -> plan.savedBytes(shape.area(), shape.channels()))
                .sum();
    }

    /** The mean over the networks; a training that diverged has no accuracy under any condition. */
    private double ofTrainings(Objective objective, List<TrainingTally.Measured> measured) {
        return RobustnessObjectives.condition(objective)
                .map(condition -> measured.stream()
                        .mapToDouble(training -> training.robustness().getOrDefault(condition, 0.0))
                        .average()
                        .orElse(0))
                .orElseGet(() -> stepMilliseconds(measured));
    }

    private double stepMilliseconds(List<TrainingTally.Measured> measured) {
        return measured.stream()
                .mapToDouble(training -> 1000 * batchSize / training.imagesPerSecond())
                .average()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /**
     * Refuses a run whose layers lack a value that cannot be had without training them again, because the run has asked
     * for other objectives before.
     *
     * @throws SettingsException if this is so
     */
    void requireKnown(RunFolder folder) {
        if (objectives.stream().allMatch(Objective::isOfLayer) || !folder.isStarted()) {
            return;
        }
        for (Evaluated member : RunTables.open(folder).window(Integer.MAX_VALUE).members()) {
            for (Objective objective : objectives) {
                if (!objective.isOfLayer() && member.fitness().in(objective).isEmpty()) {
                    throw new SettingsException("search.objectives: the layers of the run in " + folder
                            + " were trained without taking their " + objective.text() + "; leave out "
                            + objective.text() + ", or use another folder");
                }
            }
        }
    }

    /** A window with values in these objectives, also where its members were evaluated under others. */
    SlidingWindow known(SlidingWindow window) {
        return new SlidingWindow(
                window.capacity(), window.members().stream().map(this::known).toList());
    }

    private Evaluated known(Evaluated member) {
        return new Evaluated(
                member.candidate(),
                member.fitness()
                        .with(objectives.stream()
                                .map(objective -> new ObjectiveValue(
                                        objective,
                                        member.fitness()
                                                .in(objective)
                                                .orElseGet(() -> ofLayer(
                                                        objective,
                                                        member.candidate().layer()))))
                                .toList()));
    }
}
