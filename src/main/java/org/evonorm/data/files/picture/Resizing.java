package org.evonorm.data.files.picture;

import org.evonorm.data.Images;

/**
 * The resizing of pictures to squares: the central square, whose side is the shorter side of the picture, is scaled
 * with a triangle filter as wide as the scale (bilinear, antialiased), first along rows and then along columns
 * (docs/images.md, "Sizes").
 */
final class Resizing {

    private Resizing() {}

    /**
     * The central square of a picture with sides of {@code size} pixels; the picture itself where it is one already.
     */
    static Picture toSquare(Picture picture, int size) {
        if (picture.height() == size && picture.width() == size) {
            return picture;
        }
        int side = Math.min(picture.height(), picture.width());
        int top = (picture.height() - side) / 2;
        int left = (picture.width() - side) / 2;
        Filter filter = new Filter(side, size);
        double[] rows = new double[side * size * Images.CHANNELS];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < size; x++) {
                for (int channel = 0; channel < Images.CHANNELS; channel++) {
                    double sum = 0;
                    for (int from = filter.first[x]; from < filter.end[x]; from++) {
                        int at = ((top + y) * picture.width() + left + from) * Images.CHANNELS + channel;
                        sum += filter.weight(x, from) * Byte.toUnsignedInt(picture.pixels()[at]);
                    }
                    rows[(y * size + x) * Images.CHANNELS + channel] = sum;
                }
            }
        }
        byte[] pixels = new byte[size * size * Images.CHANNELS];
        int row = size * Images.CHANNELS;
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < row; x++) {
                double sum = 0;
                for (int from = filter.first[y]; from < filter.end[y]; from++) {
                    sum += filter.weight(y, from) * rows[from * row + x];
                }
                pixels[y * row + x] = (byte) (int) Math.max(0, Math.min(255, sum + 0.5));
            }
        }
        return new Picture(size, size, pixels);
    }

    /** The weights of the old pixels in each new one, along one side. */
    private static final class Filter {

        private final int[] first;
        private final int[] end;
        private final double[][] weights;

        Filter(int from, int to) {
            double scale = (double) from / to;
            double reach = Math.max(scale, 1);
            first = new int[to];
            end = new int[to];
            weights = new double[to][];
            for (int pixel = 0; pixel < to; pixel++) {
                double centre = (pixel + 0.5) * scale;
                first[pixel] = (int) Math.max(0, centre - reach);
                end[pixel] = (int) Math.min(from, Math.ceil(centre + reach));
                weights[pixel] = new double[end[pixel] - first[pixel]];
                double sum = 0;
                for (int i = 0; i < weights[pixel].length; i++) {
                    double distance = Math.abs(first[pixel] + i + 0.5 - centre);
                    weights[pixel][i] = Math.max(0, 1 - distance / reach);
                    sum += weights[pixel][i];
                }
                for (int i = 0; i < weights[pixel].length; i++) {
                    weights[pixel][i] /= sum;
                }
            }
        }

        double weight(int pixel, int from) {
            return weights[pixel][from - first[pixel]];
        }
    }
}
