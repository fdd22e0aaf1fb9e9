package org.evonorm.calibration;

import java.io.Serializable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.simplification.Simplification;
import org.evonorm.settings.Baseline;

/**
 * A layer of a calibration.
 *
 * @param id    structural identity
 * @param layer the layer
 * @param name  name or formula in the settings; empty for a layer of a run
 */
record CalibrationLayer(String id, Layer layer, Optional<String> name) implements Serializable {

    /** The layers of the settings and then those of a run, without repetitions. */
    static List<CalibrationLayer> of(List<Baseline> given, List<String> sampled) {
        Map<String, CalibrationLayer> layers = new LinkedHashMap<>();
        given.forEach(layer -> add(layers, layer.layer(), Optional.of(layer.name())));
        sampled.forEach(formula -> add(layers, Formula.parse(formula), Optional.empty()));
        return List.copyOf(layers.values());
    }

    private static void add(Map<String, CalibrationLayer> layers, Layer layer, Optional<String> name) {
        String id = CandidateIdentity.id(layer);
        layers.putIfAbsent(id, new CalibrationLayer(id, layer, name));
    }

    /** The name, or else the formula. */
    String title() {
        return name.orElseGet(() -> Formula.print(Simplification.shown(layer)));
    }

    /** The ids of layers. */
    static List<String> ids(Collection<CalibrationLayer> layers) {
        return layers.stream().map(CalibrationLayer::id).toList();
    }
}
