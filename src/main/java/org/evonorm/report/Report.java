package org.evonorm.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.evonorm.store.RunFolder;

/** The report of a run: an HTML page that needs no other file, and its plots as SVG and PNG files. */
public final class Report {

    private final RunHistory history;
    private final ReportPage page;
    private final List<Plot> plots;

    private Report(RunHistory history, ReportPage page, List<Plot> plots) {
        this.history = history;
        this.page = page;
        this.plots = plots;
    }

    /**
     * Draws the report of a run's committed generations; the run may still go on.
     *
     * @throws IllegalArgumentException if there is no run in the folder or none of its generations is committed
     * @throws IllegalStateException if Java finds no font
     */
    public static Report of(RunFolder folder) {
        PlottedPage.requireFonts();
        RunHistory history = RunHistory.read(folder);
        ProgressPlots progress = new ProgressPlots(history);
        LayerPlots layers = new LayerPlots(history);
        List<Plot> accuracy = List.of(progress.overGenerations(), progress.overHours());
        Plot funnel = progress.funnel();
        List<Plot> scatters = new ArrayList<>(layers.trades());
        scatters.addAll(layers.scatters());
        List<Plot> curves = layers.learningCurves();
        List<Plot> all = new ArrayList<>(accuracy);
        all.add(funnel);
        all.addAll(scatters);
        all.addAll(curves);
        return new Report(history, new ReportPage(history, accuracy, funnel, scatters, curves), all);
    }

    /** The generation after which the report stands. */
    public int generation() {
        return history.generation();
    }

    /** The number of generations that the run's settings ask for. */
    public int planned() {
        return history.planned();
    }

    /** As {@link #write(Path, boolean)}, of a page that stays as it is. */
    public Path write(Path file) throws IOException {
        return write(file, false);
    }

    /**
     * Writes the page to {@code file} and the plots to a folder beside it, and makes missing folders. Existing files are
     * replaced as wholes.
     *
     * @param follows whether the page reloads itself, since the next version will follow
     * @return the folder of the plots, named like the file without its extension, and {@code -plots}
     * @throws IOException if a file cannot be written
     */
    public Path write(Path file, boolean follows) throws IOException {
        Path folder = PlottedPage.writePlots(plots, file);
        writePage(file, follows);
        return folder;
    }

    /** Writes the page alone. */
    void writePage(Path file, boolean follows) throws IOException {
        PlottedPage.write(page.html(follows), file);
    }
}
