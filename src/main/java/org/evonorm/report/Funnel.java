package org.evonorm.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.store.GenerationTotals;
import org.evonorm.store.StatusReason;

/**
 * The funnel of a generation: its candidates counted by status.
 *
 * @param byStatus number of candidates by the text in the table's column {@code status}
 * @param byReason number of candidates that were not trained to the end, by status and reason
 * @param seconds  time of all filters and trainings in seconds, summed over the tasks
 */
public record Funnel(int generation, Map<String, Long> byStatus, Map<StatusReason, Long> byReason, double seconds) {

    static final String TRAINED = "trained";

    static Funnel of(GenerationTotals totals) {
        return new Funnel(totals.generation(), totals.byStatus(), totals.byReason(), totals.seconds());
    }

    /** The statuses that occur, in the order of the stages, with their names for people. */
    static Map<String, String> statuses(List<Funnel> funnels) {
        Map<String, String> statuses = new LinkedHashMap<>();
        for (CandidateStatus.Filter filter : CandidateStatus.Filter.values()) {
            String name = filter.name().toLowerCase(Locale.ROOT);
            statuses.put("rejected-" + name, "rejected by the " + name + " filter");
            if (filter == CandidateStatus.Filter.STATIC) {
                statuses.put("duplicate", "duplicate");
            }
        }
        statuses.put("failed", "failed");
        statuses.put("stopped", "stopped at a hurdle");
        statuses.put(TRAINED, TRAINED);
        statuses.keySet().removeIf(status -> funnels.stream().noneMatch(funnel -> funnel.count(status) > 0));
        return statuses;
    }

    /** Number of all candidates. */
    public long proposed() {
        return byStatus.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Number of trained candidates. */
    public long trained() {
        return count(TRAINED);
    }

    long count(String status) {
        return byStatus.getOrDefault(status, 0L);
    }

    /** Number of candidates of each of these statuses. */
    public List<Long> counts(List<String> statuses) {
        return statuses.stream().map(this::count).toList();
    }
}
