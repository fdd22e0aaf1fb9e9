package org.evonorm.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.evonorm.rejection.Verdict;

/**
 * What became of a generation's candidates.
 *
 * @param byStatus candidates by the text in the table's {@code status} column
 * @param seconds  that the candidates took in all filters and trainings, summed over the tasks
 */
public record Funnel(int generation, Map<String, Long> byStatus, double seconds) {

    private static final String TRAINED = "trained";

    /** Statuses in the order in which candidates get them, with words for people. */
    static Map<String, String> fates() {
        Map<String, String> fates = new LinkedHashMap<>();
        for (Verdict.Filter filter : Verdict.Filter.values()) {
            String name = filter.name().toLowerCase(Locale.ROOT);
            fates.put("rejected-" + name, "fell at the " + name + " filter");
            if (filter == Verdict.Filter.STATIC) {
                fates.put("duplicate", "known before");
            }
        }
        fates.put("failed", "failed");
        fates.put(TRAINED, TRAINED);
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

    /** Candidates of each of {@link #fates}, in their order. */
    public List<Long> counts() {
        List<Long> counts = new ArrayList<>();
        fates().keySet().forEach(status -> counts.add(count(status)));
        return counts;
    }
}
