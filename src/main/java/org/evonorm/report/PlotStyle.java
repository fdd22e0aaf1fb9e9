package org.evonorm.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYDataset;

/**
 * The style of all plots: colours that colour-blind readers can tell apart (Okabe and Ito, 2008), thin grids, no
 * frames.
 */
public final class PlotStyle {

    static final Color INK = new Color(0x33, 0x33, 0x33);
    static final Color FAINT = new Color(0xa8, 0xa8, 0xa8);
    static final Color BLUE = new Color(0x00, 0x72, 0xb2);
    static final Color VERMILION = new Color(0xd5, 0x5e, 0x00);
    static final Color GREEN = new Color(0x00, 0x9e, 0x73);
    static final List<Color> SERIES = List.of(
            BLUE,
            VERMILION,
            GREEN,
            new Color(0xcc, 0x79, 0xa7),
            new Color(0xe6, 0x9f, 0x00),
            new Color(0x56, 0xb4, 0xe9),
            new Color(0x7a, 0x52, 0x30));
    static final List<Color> BASELINES =
            List.of(new Color(0x44, 0x44, 0x44), new Color(0x77, 0x77, 0x77), new Color(0x90, 0x90, 0x90));

    public static final Stroke LINE = new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    public static final Shape DOT = new Ellipse2D.Double(-3, -3, 6, 6);
    public static final Shape BIG_DOT = new Ellipse2D.Double(-4.5, -4.5, 9, 9);
    public static final Shape DIAMOND = diamond();

    private static final Color GRID = new Color(0xdd, 0xdd, 0xdd);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    private PlotStyle() {}

    /** The colour of a candidate's status; the notebook of a run has the same. */
    static Color ofStatus(String status) {
        return switch (status) {
            case "trained" -> GREEN;
            case "failed" -> VERMILION;
            case "duplicate" -> FAINT;
            case "rejected-static" -> BLUE;
            case "rejected-signal" -> SERIES.get(5);
            case "rejected-stability" -> SERIES.get(3);
            case "rejected-quality" -> SERIES.get(4);
            case "stopped" -> SERIES.get(6);
            default -> throw new IllegalArgumentException("no colour is known for the status " + status);
        };
    }

    /** A dashed line; three numbers in a row have different dashes. */
    public static Stroke dashed(int number) {
        float[][] dashes = {{7, 4}, {2, 2.5f}, {10, 3, 2, 3}};
        return new BasicStroke(
                1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes[number % dashes.length], 0);
    }

    public static Color series(int number) {
        return SERIES.get(number % SERIES.size());
    }

    static Color baseline(int number) {
        return BASELINES.get(number % BASELINES.size());
    }

    private static Shape diamond() {
        Path2D path = new Path2D.Double();
        path.moveTo(0, -5.5);
        path.lineTo(5.5, 0);
        path.lineTo(0, 5.5);
        path.lineTo(-5.5, 0);
        path.closePath();
        return path;
    }

    /** An axis of accuracies, which are shares from 0 to 1, in per cent. */
    public static NumberAxis accuracyAxis(String label) {
        NumberAxis axis = axis(label);
        axis.setNumberFormatOverride(new DecimalFormat("0.#%", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        axis.setAutoRangeIncludesZero(false);
        axis.setAutoRangeMinimumSize(0.02);
        return axis;
    }

    public static NumberAxis wholeNumberAxis(String label) {
        NumberAxis axis = axis(label);
        axis.setStandardTickUnits(NumberAxis.createIntegerTickUnits(Locale.ROOT));
        return axis;
    }

    public static NumberAxis axis(String label) {
        NumberAxis axis = new NumberAxis(label);
        // The units of the default would have the digits of the machine's language.
        axis.setStandardTickUnits(NumberAxis.createStandardTickUnits(Locale.ROOT));
        axis.setLabelFont(TEXT);
        axis.setTickLabelFont(TEXT);
        axis.setLabelPaint(INK);
        axis.setTickLabelPaint(INK);
        axis.setAxisLinePaint(FAINT);
        axis.setTickMarkPaint(FAINT);
        return axis;
    }

    public static JFreeChart chart(XYDataset data, NumberAxis domain, NumberAxis range, XYItemRenderer renderer) {
        XYPlot plot = new XYPlot(data, domain, range, renderer);
        plot.setBackgroundPaint(null);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        plot.setDomainGridlineStroke(new BasicStroke(0.8f));
        plot.setRangeGridlineStroke(new BasicStroke(0.8f));
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        JFreeChart chart = new JFreeChart(null, TEXT, plot, false);
        chart.setBackgroundPaint(null);
        chart.setPadding(new RectangleInsets(6, 6, 6, 14));
        LegendTitle legend = new LegendTitle(plot);
        legend.setPosition(RectangleEdge.BOTTOM);
        legend.setItemFont(TEXT);
        legend.setItemPaint(INK);
        legend.setBackgroundPaint(null);
        legend.setFrame(BlockBorder.NONE);
        legend.setItemLabelPadding(new RectangleInsets(2, 4, 2, 12));
        chart.addLegend(legend);
        return chart;
    }
}
