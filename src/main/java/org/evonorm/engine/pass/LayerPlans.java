package org.evonorm.engine.pass;

import java.util.HashMap;
import java.util.Map;
import org.evonorm.graph.CanonicalLayer;

/** The plans of the layers of one model. Each plan is made once, for all places with the layer. */
public final class LayerPlans {

    private final Map<CanonicalLayer, LayerPlan> training = new HashMap<>();
    private final Map<CanonicalLayer, LayerPlan> frozen = new HashMap<>();
    private final Map<CanonicalLayer, LayerPlan> evaluation = new HashMap<>();

    /** The plan of a layer for training with frozen branches. */
    public LayerPlan frozen(CanonicalLayer layer) {
        return frozen.computeIfAbsent(layer, LayerPlan::frozen);
    }

    /** The plan of a layer, for training or for evaluation. */
    public LayerPlan of(CanonicalLayer layer, boolean forTraining) {
        return forTraining
                ? training.computeIfAbsent(layer, LayerPlan::training)
                : evaluation.computeIfAbsent(layer, LayerPlan::evaluation);
    }
}
