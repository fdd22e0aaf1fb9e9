package org.evonorm.engine.cpu;

import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Layer;

/**
 * How often a layer goes over its tensors in training, which is most of what it costs beyond the convolutions.
 *
 * @param forward  passes over the input
 * @param backward passes over the input and the output's derivative
 */
public record LayerPasses(int forward, int backward) {

    /** The passes of a layer in whatever form. */
    public static LayerPasses of(Layer layer) {
        LayerPlan plan = LayerPlan.training(CanonicalLayer.of(layer));
        return new LayerPasses((int) plan.forward().passes().count(), (int)
                plan.backward().passes().count());
    }
}
