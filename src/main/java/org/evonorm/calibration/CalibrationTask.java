package org.evonorm.calibration;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.evonorm.search.trial.JournalledTrainings;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.settings.ProxySettings;
import org.evonorm.store.CalibrationRow;
import org.evonorm.store.CalibrationRow.Measured;

/**
 * One training of a calibration.
 *
 * @param proxy    settings of the reference or of the rung
 * @param training key of the training in the table
 * @param seed     seed of the training
 */
record CalibrationTask(CalibrationLayer layer, ProxySettings proxy, CalibrationRow.Training training, long seed)
        implements JournalledTrainings.Training {

    /** Prepares the training, inside a Spark task. */
    Supplier<Measured> prepared(CalibrationTrainer trainer) {
        CalibrationTrainer detached = trainer.detached();
        return () -> detached.train(layer.layer(), proxy, training.network(), seed);
    }

    @Override
    public String journalKey() {
        CRC32C settings = new CRC32C();
        settings.update(training.settings().getBytes(StandardCharsets.UTF_8));
        return String.join(
                "-",
                "calibration",
                layer.id(),
                training.network(),
                training.part().name(),
                Integer.toString(training.number()),
                Long.toHexString(seed),
                Long.toHexString(settings.getValue()));
    }

    /** The row of the table for the result of this training. */
    CalibrationRow row(TrialResult<Measured> result, String engine) {
        if (result instanceof TrialResult.Completed<Measured> completed) {
            return row(completed.value(), Optional.empty(), engine, completed.host());
        }
        TrialResult.Failed<Measured> failed = (TrialResult.Failed<Measured>) result;
        return row(Measured.failed(failed.seconds()), Optional.of(failed.reason()), engine, "");
    }

    private CalibrationRow row(Measured measured, Optional<String> failure, String engine, String host) {
        return new CalibrationRow(training, layer.name(), layer.layer(), measured, failure, seed, engine, host);
    }
}
