package org.evonorm.report;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunWatch;

/**
 * The report of a run that goes on, written anew at every commit until no command works in the run's folder any more.
 * The page reloads itself meanwhile, and its last version does not.
 */
public final class FollowedReport {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    private final RunFolder folder;
    private final Path file;
    private final Observer observer;
    private final RunWatch watch;
    private Set<String> written = Set.of();
    private Optional<Report> last = Optional.empty();

    private FollowedReport(RunFolder folder, Path file, Observer observer) {
        this.folder = folder;
        this.file = file;
        this.observer = observer;
        this.watch = RunWatch.of(folder);
    }

    /** An observer of the report, for the user. */
    public interface Observer {

        /** The run has no generation yet. */
        void waiting();

        /**
         * A new report was written, with its plots in a folder.
         *
         * @param follows whether further ones follow
         */
        void written(Report report, Path plots, boolean follows);
    }

    /**
     * The end of a report that followed a run.
     *
     * @param generation  generation after which the last report stands; -1 without a report
     * @param planned     generations that the run's settings ask for
     * @param interrupted whether the thread was interrupted while a command worked in the run's folder
     */
    public record End(int generation, int planned, boolean interrupted) {

        /** Whether the run reached its last generation. */
        public boolean isComplete() {
            return generation >= planned;
        }
    }

    /**
     * Writes the report at every commit, until no command works in the folder or this thread is interrupted.
     *
     * @throws IllegalArgumentException if the run has no generation and no command works on one
     * @throws org.evonorm.store.StoreException if a committed file is missing or damaged
     * @throws IOException if the report cannot be written
     */
    public static End follow(RunFolder folder, Path file, Observer observer) throws IOException {
        return follow(folder, file, observer, BETWEEN_LOOKS);
    }

    static End follow(RunFolder folder, Path file, Observer observer, Duration betweenLooks) throws IOException {
        FollowedReport report = new FollowedReport(folder, file, observer);
        try {
            report.follow(betweenLooks);
            return report.end(false);
        } catch (InterruptedException e) {
            return report.stopped();
        } catch (IOException | RuntimeException e) {
            // Files that an interrupt closes tell of it in ways of their own.
            if (!Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return report.stopped();
        }
    }

    private void follow(Duration betweenLooks) throws IOException, InterruptedException {
        RunWatch.Look look = watch.look();
        if (look.atWork() && !look.hasGeneration()) {
            observer.waiting();
        }
        while (look.atWork()) {
            if (look.hasGeneration() && !look.records().equals(written)) {
                write(look, true);
            }
            Thread.sleep(betweenLooks.toMillis());
            look = watch.look();
        }
        write(look, false);
    }

    private void write(RunWatch.Look look, boolean follows) throws IOException {
        Report report = Report.of(folder);
        last = Optional.of(report);
        Path plots = report.write(file, follows);
        if (!look.records().equals(written)) {
            observer.written(report, plots, follows);
        }
        written = look.records();
    }

    /** Leaves a page behind that no longer reloads itself. */
    private End stopped() throws IOException {
        Thread.interrupted();
        if (last.isPresent()) {
            last.get().writePage(file, false);
        }
        return end(true);
    }

    private End end(boolean interrupted) {
        return new End(
                last.map(Report::generation).orElse(-1),
                last.map(Report::planned).orElse(0),
                interrupted);
    }
}
