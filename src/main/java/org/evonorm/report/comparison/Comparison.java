package org.evonorm.report.comparison;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.evonorm.report.Plot;
import org.evonorm.report.PlottedPage;
import org.evonorm.report.RunHistory;
import org.evonorm.settings.SettingDifferences;
import org.evonorm.store.RunFolder;

/** Several runs beside each other: an HTML page that needs no other file, and its plots as SVG and PNG files. */
public final class Comparison {

    private final ComparisonPage page;
    private final List<Plot> plots;

    private Comparison(ComparisonPage page, List<Plot> plots) {
        this.page = page;
        this.plots = plots;
    }

    /**
     * Compares the committed generations of runs; the runs may still go on.
     *
     * @throws IllegalArgumentException if a folder is named twice, or a run has no committed generation
     * @throws org.evonorm.settings.SettingsException if the runs cannot be compared, for their networks or images
     * @throws org.evonorm.store.StoreException if there is no run in a folder, or a file of it is missing or damaged
     * @throws IllegalStateException if Java finds no font
     */
    public static Comparison of(List<RunFolder> folders) {
        PlottedPage.requireFonts();
        requireDistinct(folders);
        SettingDifferences differences = SettingDifferences.of(folders);
        List<String> names = names(folders);
        List<ComparedRun> runs = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            runs.add(ComparedRun.of(names.get(i), i, RunHistory.read(folders.get(i))));
        }
        List<String> networks = runs.get(0).history().networks();
        ComparisonPlots plots = new ComparisonPlots(runs, networks);
        List<Plot> progress = plots.progress();
        List<Plot> fronts = plots.fronts();
        return new Comparison(
                new ComparisonPage(runs, networks, differences, progress, fronts),
                Stream.concat(progress.stream(), fronts.stream()).toList());
    }

    private static void requireDistinct(List<RunFolder> folders) {
        Set<String> seen = new HashSet<>();
        for (RunFolder folder : folders) {
            if (!seen.add(folder.toString())) {
                throw new IllegalArgumentException(
                        "the run in " + folder + " is named twice; name different runs to compare");
            }
        }
    }

    /** The folders' own names, or their whole locations where two have one name. */
    private static List<String> names(List<RunFolder> folders) {
        List<String> names = folders.stream().map(RunFolder::name).toList();
        boolean distinct = names.stream().distinct().count() == names.size();
        return distinct ? names : folders.stream().map(RunFolder::toString).toList();
    }

    /**
     * Writes the page to {@code file} and the plots to a folder beside it, and makes missing folders.
     *
     * @return the folder of the plots
     * @throws IOException if a file cannot be written
     */
    public Path write(Path file) throws IOException {
        Path folder = PlottedPage.writePlots(plots, file);
        PlottedPage.write(page.html(), file);
        return folder;
    }
}
