package org.evonorm.search.progress;

import java.util.List;
import org.evonorm.evolution.Evaluated;

/**
 * The summary of a search when it ends.
 *
 * @param folder      location of the run's folder
 * @param generations number of committed generations without generation 0; -1 if generation 0 is not committed
 * @param deadline    whether the search stopped at its deadline, before its last generation
 * @param networks    names of the networks, in the order of the accuracies
 * @param baselines   the baselines with their accuracies, in the order of the settings
 * @param best        the layers with the highest mean accuracies of the whole run, best first
 */
public record SearchSummary(
        String folder,
        int generations,
        boolean deadline,
        List<String> networks,
        List<Evaluated> baselines,
        List<Evaluated> best) {}
