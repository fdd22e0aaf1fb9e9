package org.evonorm.search.progress;

import java.util.List;
import org.evonorm.evolution.Evaluated;

/**
 * Where a search stands at its end.
 *
 * @param folder      of the run
 * @param generations committed, not counting generation 0; -1 where that is not committed either
 * @param networks    in the order of the accuracies
 * @param baselines  with their accuracies, in the order of the settings
 * @param deadline    whether it stopped at its deadline, before its last generation
 * @param best        layers of the highest mean accuracy of the whole run, best first
 */
public record SearchSummary(
        String folder,
        int generations,
        boolean deadline,
        List<String> networks,
        List<Evaluated> baselines,
        List<Evaluated> best) {}
