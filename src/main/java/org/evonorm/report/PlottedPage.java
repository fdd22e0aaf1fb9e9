package org.evonorm.report;

import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of a page and of its plots, each of which is replaced as a whole. */
public final class PlottedPage {

    private PlottedPage() {}

    /**
     * Refuses a machine without fonts, where Java's own message would not name the cause.
     *
     * @throws IllegalStateException if Java finds no font
     */
    public static void requireFonts() {
        try {
            new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
                    .createGraphics()
                    .getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        } catch (RuntimeException | InternalError | LinkageError e) {
            throw new IllegalStateException(
                    "Java finds no font to draw with; install one, for example by the packages"
                            + " fontconfig and fonts-dejavu-core",
                    e);
        }
    }

    /** Writes a page. */
    public static void write(String html, Path file) throws IOException {
        ReplacedFile.write(file.toAbsolutePath(), html.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes the plots of a page to a folder beside it, and makes missing folders.
     *
     * @return the folder, named like the page without its extension, and {@code -plots}
     */
    public static Path writePlots(List<Plot> plots, Path page) throws IOException {
        Path target = page.toAbsolutePath();
        Path folder = target.resolveSibling(target.getFileName().toString().replaceFirst("\\.html?$", "") + "-plots");
        Files.createDirectories(folder);
        try {
            // Side by side: each is drawn twice, and depends on no other.
            plots.parallelStream().forEach(plot -> write(plot, folder));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return folder;
    }

    private static void write(Plot plot, Path folder) {
        try {
            ReplacedFile.write(
                    folder.resolve(plot.name() + ".svg"), plot.svgOnWhite().getBytes(StandardCharsets.UTF_8));
            ReplacedFile.write(folder.resolve(plot.name() + ".png"), plot.png());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
