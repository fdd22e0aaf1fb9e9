package org.evonorm.calibration;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.evonorm.store.CalibrationRow;

/** The trainings of a calibration that are done, by their keys. */
final class Scores {

    private final Map<CalibrationRow.Training, CalibrationRow.Score> scores = new HashMap<>();

    /** Adds trainings that are in the table. */
    void add(Collection<CalibrationRow.Score> done) {
        done.forEach(score -> scores.put(score.training(), score));
    }

    /** A training; empty if it is not done. */
    Optional<CalibrationRow.Score> of(CalibrationRow.Training training) {
        return Optional.ofNullable(scores.get(training));
    }
}
