package org.evonorm.report.comparison;

import java.util.List;
import org.evonorm.report.RunHistory;

/**
 * A run of a comparison.
 *
 * @param name     a name that no other run of the comparison has
 * @param number   position among the runs, from 0, which gives the run its colour
 * @param progress state after each generation
 */
record ComparedRun(String name, int number, RunHistory history, List<RunProgress.Point> progress) {

    static ComparedRun of(String name, int number, RunHistory history) {
        return new ComparedRun(name, number, history, RunProgress.of(history));
    }

    /** The state after the last generation. */
    RunProgress.Point last() {
        return progress.get(progress.size() - 1);
    }
}
