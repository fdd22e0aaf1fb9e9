package org.evonorm.tracking;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.Evaluated;
import org.evonorm.search.progress.GenerationSummary;
import org.evonorm.store.BestEffort;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunTables;
import org.evonorm.training.TrainingResult.CurvePoint;

/**
 * A search as curves in TensorBoard, in a folder named like the run: the figures of every generation, and the learning
 * curves of the layers on the front, each in a folder of its own, since their steps are optimizer steps. A search that
 * goes on adds the generations that are missing. The run's tables are what counts: a folder that cannot be written any
 * more is told of once, and the search goes on.
 */
final class TensorBoardTracker implements SearchTracker {

    private static final String LAYERS = "layers";

    private final RunFolder run;
    private final String location;
    private final Configuration hadoop;
    private final EventFolder events;
    private final Set<String> layers = new TreeSet<>();
    private final SearchFigures figures;
    private final List<String> networks;
    /** The generation whose figures come next. */
    private int next;

    private final BestEffort accesses;

    private TensorBoardTracker(
            RunFolder run,
            List<String> networks,
            String location,
            Configuration hadoop,
            Consumer<String> warn,
            EventFolder events) {
        this.run = run;
        this.networks = networks;
        this.location = location;
        this.hadoop = hadoop;
        this.accesses = new BestEffort(reason -> {
            // The end of the process closes files under their writers, and says so itself.
            if (!Thread.currentThread().isInterrupted()) {
                warn.accept(
                        "The figures in " + location + " cannot be written (" + reason
                                + "), and the search goes on without them; its next start adds the generations that are missing.");
            }
        });
        this.events = events;
        this.figures = new SearchFigures(networks);
    }

    /** Opens the folder, as {@link SearchTracker#open} has it. */
    static TensorBoardTracker open(
            TrackTarget target, RunFolder run, List<String> networks, Configuration hadoop, Consumer<String> warn) {
        String location = target.folder() + "/" + run.name();
        try {
            EventFolder events = EventFolder.at(location, hadoop);
            events.make();
            TensorBoardTracker tracker = new TensorBoardTracker(run, networks, location, hadoop, warn, events);
            tracker.layers.addAll(events.names(LAYERS));
            return tracker;
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "--track tensorboard:" + target.folder() + " cannot be written (" + BestEffort.reason(e)
                            + "); name another folder",
                    e);
        }
    }

    /** Adds the generations that earlier starts committed and did not track. */
    @Override
    public void searchStarted(String folder, int committed) {
        accesses.attempt(() -> {
            Set<Long> known = knownGenerations();
            int first = 0;
            while (first < committed && known.contains((long) first)) {
                first++;
            }
            int missing = first;
            // Another run of this name, or generations that were deleted to be run again.
            if (known.stream().anyMatch(generation -> generation >= missing)) {
                events.add(List.of(Event.beginning(missing)));
            }
            RunTables tables = RunTables.open(run);
            for (int generation = 0; generation < committed; generation++) {
                RunTables until = tables.until(generation);
                List<Evaluated> front = until.window(Integer.MAX_VALUE).front();
                Figures of = figures.of(until, front);
                if (generation >= missing) {
                    add(generation, of, until, front);
                }
            }
            next = committed;
        });
    }

    private Set<Long> knownGenerations() throws IOException {
        Set<Long> known = new TreeSet<>();
        for (Event event : events.events()) {
            if (event.begins()) {
                known.removeIf(generation -> generation >= event.step());
            } else if (event.summary().getValueList().stream()
                    .anyMatch(value -> value.getTag().equals(SearchFigures.OF_EVERY_GENERATION))) {
                known.add(event.step());
            }
        }
        return known;
    }

    @Override
    public void generationCommitted(GenerationSummary summary) {
        accesses.attempt(() -> {
            if (summary.generation() != next) {
                return;
            }
            RunTables tables = RunTables.open(run);
            Figures of = figures.of(tables, summary.front());
            of.figure("seconds/generation", summary.seconds());
            of.figure("executors/idle", summary.idle());
            add(next, of, tables, summary.front());
            next++;
        });
    }

    private void add(int generation, Figures of, RunTables tables, List<Evaluated> front) throws IOException {
        addCurves(tables, front);
        events.add(List.of(Event.of(generation, of.summary())));
    }

    /** Adds the learning curves of the layers that are on the front for the first time. */
    private void addCurves(RunTables tables, List<Evaluated> front) throws IOException {
        List<Candidate> added = front.stream()
                .map(Evaluated::candidate)
                .filter(layer -> !layers.contains(layer.id()))
                .toList();
        Map<RunTables.Training, List<CurvePoint>> curves = tables.curves(added);
        for (Candidate layer : added) {
            List<Event> points = new ArrayList<>();
            for (String network : networks) {
                RunTables.Training training = new RunTables.Training(layer.generation(), layer.index(), network);
                curves.getOrDefault(training, List.of()).forEach(point -> points.add(point(network, point)));
            }
            if (!points.isEmpty() && layers.add(layer.id())) {
                try (EventFolder ofLayer = EventFolder.at(location + "/" + LAYERS + "/" + layer.id(), hadoop)) {
                    ofLayer.add(points);
                }
            }
        }
    }

    private static Event point(String network, CurvePoint point) {
        return Event.of(
                point.step(),
                new Figures()
                        .figure("curve/accuracy in " + network, point.accuracy())
                        .figure("curve/training loss in " + network, point.trainingLoss())
                        .summary());
    }

    @Override
    public void close() {
        accesses.attempt(events::close);
    }
}
