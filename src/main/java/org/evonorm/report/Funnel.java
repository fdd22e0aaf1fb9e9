package org.evonorm.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.evonorm.evolution.CandidateStatus;

/**
 * What became of a generation's candidates.
 *
 * @param byStatus candidates by the text in the table's {@code status} column
 * @param seconds  that the candidates took in all filters and trainings, summed over the tasks
 */
public record Funnel(int generation, Map<String, Long> byStatus, double seconds) {

    private static final String TRAINED = "trained";

    /** The statuses that candidates have, in the order in which they get them, with words for people. */
    static Map<String, String> fates(List<Funnel> funnels) {
        Map<String, String> fates = new LinkedHashMap<>();
        for (CandidateStatus.Filter filter : CandidateStatus.Filter.values()) {
            String name = filter.name().toLowerCase(Locale.ROOT);
            fates.put("rejected-" + name, "fell at the " + name + " filter");
            if (filter == CandidateStatus.Filter.STATIC) {
                fates.put("duplicate", "known before");
            }
        }
        fates.put("failed", "failed");
        fates.put(TRAINED, TRAINED);
        fates.keySet().removeIf(status -> funnels.stream().noneMatch(funnel -> funnel.count(status) > 0));
        return fates;
    }

    public long proposed() {
        return byStatus.values().stream().mapToLong(Long::longValue).sum();
    }

    public long trained() {
        return count(TRAINED);
    }

    long count(String status) {
        return byStatus.getOrDefault(status, 0L);
    }

    /** Candidates of each of some statuses. */
    public List<Long> counts(List<String> statuses) {
        return statuses.stream().map(this::count).toList();
    }
}
