package org.evonorm.faults;

import java.util.List;

/**
 * A signal that hit a command, and what came of it.
 *
 * @param stage      what the command was doing
 * @param finished   trainings that this process had finished by then
 * @param kept       those of them that stand in the table at the end
 * @param complaints what went wrong; empty for a survivor
 */
record Signalled(
        DisturbedCommand command,
        Fault fault,
        Moment moment,
        String stage,
        int finished,
        int kept,
        List<String> complaints) {

    boolean survived() {
        return complaints.isEmpty();
    }
}
