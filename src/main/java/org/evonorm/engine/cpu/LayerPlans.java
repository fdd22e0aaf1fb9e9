package org.evonorm.engine.cpu;

import java.util.HashMap;
import java.util.Map;
import org.evonorm.graph.Layer;

/** The plans of the layers of one model, each made once for all its places. */
final class LayerPlans {

    private final Map<Layer, LayerPlan> training = new HashMap<>();
    private final Map<Layer, LayerPlan> holding = new HashMap<>();
    private final Map<Layer, LayerPlan> evaluation = new HashMap<>();

    /** The plan of a layer in canonical form for training with kinks held. */
    LayerPlan holding(Layer layer) {
        return holding.computeIfAbsent(layer, LayerPlan::holding);
    }

    /** The plan of a layer in canonical form. */
    LayerPlan of(Layer layer, boolean forTraining) {
        return forTraining ? training.computeIfAbsent(layer, LayerPlan::training)
                : evaluation.computeIfAbsent(layer, LayerPlan::evaluation);
    }
}
