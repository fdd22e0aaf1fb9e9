package org.evonorm.calibration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Evaluated;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Formula;
import org.evonorm.settings.Baseline;
import org.evonorm.settings.CalibrationSettings;
import org.evonorm.settings.SettingsException;
import org.evonorm.store.RunTables;

/** The layers that a calibration takes from a run: named candidates, and a sample stratified over fitness. */
final class LayerSample {

    private LayerSample() {}

    /**
     * The formulas of the layers: first the named candidates, then the sample, best first.
     *
     * @param known  layers of the settings, which are not drawn again
     * @param random draws the sample
     * @throws SettingsException if the run has fewer trained layers than the sample asks for
     * @throws org.evonorm.store.StoreException if a candidate does not exist
     */
    static List<String> of(
            RunTables run, CalibrationSettings.Sample sample, List<Baseline> known, SplittableRandom random) {
        List<Candidate> named = sample.candidates().stream()
                .map(id -> run.candidate(id).candidate())
                .toList();
        Set<String> taken = Stream.concat(
                        known.stream().map(layer -> CandidateIdentity.id(layer.layer())),
                        named.stream().map(Candidate::id))
                .collect(Collectors.toSet());
        Map<String, Candidate> others = new LinkedHashMap<>();
        run.best(Integer.MAX_VALUE).stream()
                .map(Evaluated::candidate)
                .filter(candidate -> !taken.contains(candidate.id()))
                .forEach(candidate -> others.putIfAbsent(candidate.id(), candidate));
        if (others.size() < sample.layers()) {
            throw new SettingsException("calibration.sample.layers = " + sample.layers() + " is more than the "
                    + others.size() + " trained layers of the run " + sample.run() + "; take a smaller number");
        }
        return Stream.concat(named.stream(), stratified(List.copyOf(others.values()), sample.layers(), random).stream())
                .map(candidate -> Formula.print(candidate.layer()))
                .toList();
    }

    /** One of each of {@code count} parts of a list, in the list's order; the parts' sizes differ by at most one. */
    static <T> List<T> stratified(List<T> ordered, int count, SplittableRandom random) {
        List<T> drawn = new ArrayList<>();
        for (int part = 0; part < count; part++) {
            int begin = (int) ((long) part * ordered.size() / count);
            int end = (int) ((part + 1L) * ordered.size() / count);
            drawn.add(ordered.get(random.nextInt(begin, end)));
        }
        return drawn;
    }
}
