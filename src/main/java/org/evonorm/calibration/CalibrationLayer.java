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
 * @param title name or formula in the settings; the formula of a layer of a run
 * @param drawn whether the layer is one of a run
 */
record CalibrationLayer(String id, Layer layer, String title, boolean drawn) implements Serializable {

    /** The layers of the settings and then those of a run, without repetitions. */
    static List<CalibrationLayer> of(List<Baseline> given, List<String> sampled) {
        Map<String, CalibrationLayer> layers = new LinkedHashMap<>();
        given.forEach(layer -> add(layers, layer.layer(), layer.name(), false));
        sampled.stream()
                .map(Formula::parse)
                .forEach(layer -> add(layers, layer, Formula.print(Simplification.shown(layer)), true));
        return List.copyOf(layers.values());
    }

    private static void add(Map<String, CalibrationLayer> layers, Layer layer, String title, boolean drawn) {
        String id = CandidateIdentity.id(layer);
        layers.putIfAbsent(id, new CalibrationLayer(id, layer, title, drawn));
    }

    /** The name or formula in the settings; empty for a layer of a run. */
    Optional<String> name() {
        return drawn ? Optional.empty() : Optional.of(title);
    }

    /** The ids of layers. */
    static List<String> ids(Collection<CalibrationLayer> layers) {
        return layers.stream().map(CalibrationLayer::id).toList();
    }
}
