package org.evonorm.calibration;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.RandomSource;
import org.evonorm.evolution.RandomSource.Purpose;
import org.evonorm.search.Deadline;
import org.evonorm.search.spark.EnginePreflight;
import org.evonorm.search.spark.InterruptibleJobs;
import org.evonorm.search.spark.SearchImages;
import org.evonorm.search.spark.TaskProgress;
import org.evonorm.search.trial.JournalledTrainings;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.settings.CalibrationConf;
import org.evonorm.settings.CalibrationSettings;
import org.evonorm.settings.ImageCountCheck;
import org.evonorm.settings.Settings;
import org.evonorm.settings.SettingsException;
import org.evonorm.store.CalibrationRow;
import org.evonorm.store.CalibrationRow.Measured;
import org.evonorm.store.CalibrationTable;
import org.evonorm.store.Journal;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.evonorm.store.RunTables;

/**
 * The calibration of proxy settings (docs/design.md, "Calibration"). Layers are trained in the reference settings and
 * in all rungs of a ladder, the cheapest first, and every rung is compared with the reference.
 *
 * <p>Each training is done once for the same settings. Committed trainings stay and the journal keeps the others, so
 * that an interrupted calibration goes on, and further layers, rungs or seeds add the missing trainings.
 */
public final class Calibration {

    private static final String LABEL = "calibration: train";

    private final SparkSession session;
    private final Settings settings;
    private final CalibrationTrainer trainer;
    private final CalibrationObserver observer;
    private final TaskProgress progress;
    private final RunFolder folder;
    private final RunLease lease;
    private final CalibrationTable table;
    private final Journal journal;
    private final JournalledTrainings trainings;
    private final List<CalibrationLayer> layers;
    private final CalibrationPlan plan;
    private final Ladder ladder;
    private final Scores scores = new Scores();

    private Calibration(
            SparkSession session,
            Settings settings,
            RunFolder folder,
            RunLease lease,
            List<String> sampled,
            CalibrationTrainer trainer,
            CalibrationObserver observer) {
        this.session = session;
        this.settings = settings;
        this.trainer = trainer;
        this.observer = observer;
        this.progress = new TaskProgress(JavaSparkContext.fromSparkContext(session.sparkContext()));
        this.folder = folder;
        this.lease = lease;
        this.table = new CalibrationTable(folder);
        this.journal = Journal.ofCalibration(folder, session.sparkContext().hadoopConfiguration());
        this.trainings = new JournalledTrainings(
                JavaSparkContext.fromSparkContext(session.sparkContext()), progress, journal, settings.gpu());
        this.layers = CalibrationLayer.of(settings.calibration().layers(), sampled);
        RandomSource randomness = new RandomSource(settings.search().seed());
        this.plan = CalibrationPlan.of(
                settings.calibration(),
                layers,
                trainer,
                randomness,
                session.sparkContext().defaultParallelism());
        this.ladder = new Ladder(settings.calibration(), CalibrationLayer.ids(layers), trainer, randomness);
    }

    /**
     * Calibrates the rungs of the settings. A calibration that reaches its deadline stops there, and its summary says
     * so.
     *
     * @param otherVersion whether a calibration of another version of the program may go on
     * @throws SettingsException if there is no rung or no layer, too few images, or the calibration in the folder was
     *     started with other images, seed, engine or sample
     * @throws org.evonorm.store.StoreException if the folder or the sample's run cannot be used as it is
     * @throws org.evonorm.search.spark.SearchInterruptedException if this thread is interrupted or the session stopped;
     *     finished trainings stay
     */
    public static CalibrationSummary run(
            SparkSession session, Settings settings, boolean otherVersion, CalibrationObserver observer) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        requireRungs(settings.calibration());
        CalibrationConf.check(settings.calibration().folder(spark.hadoopConfiguration()), settings, otherVersion);
        observer.preparing("checking the engine");
        EnginePreflight.check(spark, settings.engine(), settings.gpu());
        observer.preparing(settings.data().work());
        SearchImages images = SearchImages.read(spark, settings.data());
        Stream.concat(Stream.of(settings.calibration().reference()), settings.calibration().rungs().stream())
                .forEach(proxy ->
                        ImageCountCheck.forTraining(proxy.key() + ".training", proxy.training(), images.facts()));
        observer.imagesLoaded(images.facts().sizes());
        return run(
                session,
                settings,
                ProxyTrainer.of(settings, images.source()),
                images.facts().checksum(),
                otherVersion,
                observer);
    }

    /**
     * As the other, with another trainer.
     *
     * @param imagesChecksum checksum of the trainer's images, for {@code run.conf}
     */
    static CalibrationSummary run(
            SparkSession session,
            Settings settings,
            CalibrationTrainer trainer,
            String imagesChecksum,
            boolean otherVersion,
            CalibrationObserver observer) {
        requireRungs(settings.calibration());
        RunFolder folder = settings.calibration().folder(session.sparkContext().hadoopConfiguration());
        String interrupted = "the calibration was interrupted; the trainings done so far stand in " + folder
                + ", and the same command goes on after them";
        try (RunLease lease = RunLease.acquire(folder)) {
            observer.preparing("reading the layers");
            CalibrationConf.Entered entered = CalibrationConf.enter(
                    folder, lease, settings, imagesChecksum, otherVersion, () -> sample(session, settings));
            entered.notes().forEach(observer::noted);
            Calibration calibration =
                    new Calibration(session, settings, folder, lease, entered.sampled(), trainer, observer);
            return lease.guard(
                    () -> InterruptibleJobs.abandon(session),
                    () -> InterruptibleJobs.run(session, calibration.progress, interrupted, calibration::run));
        }
    }

    private static void requireRungs(CalibrationSettings calibration) {
        if (calibration.rungs().isEmpty()) {
            throw new SettingsException("calibration.rungs has no rung to calibrate; name some, or take those of"
                    + " conf/calibration.conf with --config");
        }
    }

    /** The formulas of the layers that the settings take from a run. */
    private static List<String> sample(SparkSession session, Settings settings) {
        CalibrationSettings.Sample sample = settings.calibration().sample();
        if (sample.run().isBlank()) {
            return List.of();
        }
        RunFolder run = RunFolder.at(sample.run(), session.sparkContext().hadoopConfiguration());
        // Refuses a folder without a run.
        run.settings();
        SplittableRandom random =
                new RandomSource(settings.search().seed()).calibrationDraws(Purpose.CALIBRATION_LAYERS);
        return LayerSample.of(
                RunTables.open(run), sample, settings.calibration().layers(), random);
    }

    private CalibrationSummary run() {
        if (layers.isEmpty()) {
            throw new SettingsException("calibration.layers and calibration.sample name no layer; name some");
        }
        table.sweep();
        scores.add(table.scores());
        commitJournalled();
        int wanted = plan.tasks().size();
        int missing = missing(plan.tasks()).size();
        observer.calibrationStarted(folder.toString(), layers.size(), missing, wanted - missing);
        boolean deadline = !trainUntilDeadline();
        if (deadline) {
            commitJournalled();
        }
        return summary(deadline);
    }

    /** Commits what rounds that were cut off have in the journal, since later rounds may be other ones. */
    private void commitJournalled() {
        List<JournalledTrainings.Ended<CalibrationTask, Measured>> done =
                trainings.journalled(missing(plan.tasks()), Measured.class);
        if (!done.isEmpty()) {
            commit(done);
        }
        // A process that died between batch and journal left results that are in the table.
        journal.clear();
    }

    /** Does the missing trainings; returns whether all were done before the deadline. */
    private boolean trainUntilDeadline() {
        try (Deadline deadline = new Deadline(settings.calibration().maxDuration())) {
            try {
                plan.rounds().forEach(this::train);
            } catch (Exception e) {
                if (!deadline.isReached() || !InterruptibleJobs.isInterruption(session, e)) {
                    throw e;
                }
                session.sparkContext().cancelAllJobs();
                return false;
            }
        }
        return true;
    }

    private List<CalibrationTask> missing(List<CalibrationTask> tasks) {
        return tasks.stream()
                .filter(task -> scores.of(task.training()).isEmpty())
                .toList();
    }

    /** Does the missing trainings of a round, and commits them. */
    private void train(CalibrationPlan.Round round) {
        List<CalibrationTask> missing = missing(round.tasks());
        if (missing.isEmpty()) {
            return;
        }
        observer.roundStarted(round.proxy().name(), missing.size());
        CalibrationTrainer trainerOfTasks = trainer;
        List<JournalledTrainings.Ended<CalibrationTask, Measured>> ended = trainings.run(
                LABEL,
                missing,
                round.proxy().training().steps(),
                Measured.class,
                task -> task.prepared(trainerOfTasks),
                listener());
        progress.finish("calibration: commit");
        commit(ended);
        observer.roundCommitted(summary(false));
    }

    /**
     * Commits a round's trainings, failures of layers of a run included. The failure of a layer of the settings means
     * that something else is wrong, so that it is tried again at the next start.
     */
    private void commit(List<JournalledTrainings.Ended<CalibrationTask, Measured>> ended) {
        List<CalibrationRow> rows = ended.stream()
                .filter(training -> !isWrong(training))
                .map(training -> training.training().row(training.result(), trainer.engine()))
                .toList();
        lease.requireValid();
        table.append(session, rows, lease);
        journal.clear();
        scores.add(rows.stream().map(CalibrationRow::score).toList());
        ended.stream().filter(Calibration::isWrong).findFirst().ifPresent(training -> {
            TrialResult.Failed<Measured> failed = (TrialResult.Failed<Measured>) training.result();
            throw new IllegalStateException(
                    "the layer " + training.training().layer().title()
                            + " could not be trained in "
                            + training.training().training().network() + ": "
                            + failed.reason());
        });
    }

    private static boolean isWrong(JournalledTrainings.Ended<CalibrationTask, Measured> training) {
        return training.result() instanceof TrialResult.Failed
                && training.training().layer().name().isPresent();
    }

    private CalibrationSummary summary(boolean deadline) {
        return new CalibrationSummary(
                folder.toString(),
                layers.size(),
                settings.calibration().reference().trainIn(),
                ladder.results(scores),
                failures(),
                deadline);
    }

    private List<String> failures() {
        Set<String> failures = new LinkedHashSet<>();
        for (CalibrationTask task : plan.tasks()) {
            Optional<String> reason = scores.of(task.training()).flatMap(CalibrationRow.Score::failure);
            reason.ifPresent(text -> failures.add(
                    task.layer().id() + " failed in " + task.training().network() + ": " + text));
        }
        return List.copyOf(failures);
    }

    /** The listener that passes the progress of a round on to the observer. */
    private TaskProgress.Listener listener() {
        return new TaskProgress.Listener() {
            @Override
            public void advanced(int done, int total) {
                observer.roundAdvanced(done, total);
            }

            @Override
            public void running(double units) {
                observer.trainingsRunning(units);
            }
        };
    }
}
