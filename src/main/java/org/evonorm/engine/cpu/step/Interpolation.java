package org.evonorm.engine.cpu.step;

import org.evonorm.network.Shape;

/**
 * Bilinear interpolation of values on one grid [H', W', C] at the pixels of another one [H, W, C] that covers the same
 * area. Pixels stand in the middles of their squares, and outside the middles at the border the nearest value counts;
 * PyTorch's {@code interpolate} has the same rule with {@code align_corners=False}.
 */
final class Interpolation {

    private final Shape grid;
    private final Shape pixels;
    private final Line rows;
    private final Line columns;

    Interpolation(Shape grid, Shape pixels) {
        this.grid = grid;
        this.pixels = pixels;
        this.rows = Line.of(grid.height(), pixels.height());
        this.columns = Line.of(grid.width(), pixels.width());
    }

    /** The grid points on both sides of every pixel of a line, and the weight of the second. */
    private record Line(int[] before, int[] after, double[] weight) {

        static Line of(int points, int pixels) {
            Line line = new Line(new int[pixels], new int[pixels], new double[pixels]);
            for (int pixel = 0; pixel < pixels; pixel++) {
                double place = Math.max(0, (pixel + 0.5) * points / pixels - 0.5);
                line.before[pixel] = (int) place;
                line.after[pixel] = Math.min((int) place + 1, points - 1);
                line.weight[pixel] = place - (int) place;
            }
            return line;
        }

        int point(int pixel, int side) {
            return side == 0 ? before[pixel] : after[pixel];
        }

        double weight(int pixel, int side) {
            return side == 0 ? 1 - weight[pixel] : weight[pixel];
        }
    }

    private interface Term {
        /** A grid value, at index {@code from}, takes part in a pixel's value, at index {@code to}. */
        void add(int from, int to, double weight);
    }

    private void forEachTerm(Term term) {
        for (int pixel = 0; pixel < pixels.area(); pixel++) {
            int row = pixel / pixels.width();
            int column = pixel % pixels.width();
            for (int side = 0; side < 4; side++) {
                int point = rows.point(row, side / 2) * grid.width() + columns.point(column, side % 2);
                double weight = rows.weight(row, side / 2) * columns.weight(column, side % 2);
                for (int channel = 0; channel < grid.channels() && weight != 0; channel++) {
                    term.add(point * grid.channels() + channel, pixel * grid.channels() + channel, weight);
                }
            }
        }
    }

    /** The values at the pixels. */
    float[] values(float[] ofGrid) {
        if (grid.equals(pixels)) {
            return ofGrid;
        }
        double[] sums = new double[pixels.size()];
        forEachTerm((from, to, weight) -> sums[to] += weight * ofGrid[from]);
        return toFloats(sums);
    }

    /** The derivative with respect to the grid's values, from the derivative with respect to the pixels'. */
    float[] gradient(double[] ofPixels) {
        if (grid.equals(pixels)) {
            return toFloats(ofPixels);
        }
        double[] sums = new double[grid.size()];
        forEachTerm((from, to, weight) -> sums[from] += weight * ofPixels[to]);
        return toFloats(sums);
    }

    private static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
