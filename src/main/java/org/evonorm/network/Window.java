package org.evonorm.network;

import java.io.Serializable;

/**
 * The square window that a convolution or pool slides over an image.
 *
 * @param kernel   height and width, in taps
 * @param stride   distance of neighbouring windows in pixels, in both directions
 * @param dilation distance of neighbouring taps in pixels; 1 leaves no gaps
 * @param padding  pixels around the image
 * @param ceiling  whether a last window counts that begins inside the image or the padding before it and ends outside
 *                 (the {@code ceil_mode} of pools in PyTorch and ONNX)
 */
public record Window(int kernel, int stride, int dilation, Padding padding, boolean ceiling) implements Serializable {

    /** A window without gaps, padded with (kernel − 1) / 2 pixels on every side. */
    public static Window centered(int kernel, int stride) {
        return new Window(kernel, stride, 1, Padding.all((kernel - 1) / 2), false);
    }

    /** This window with another padding. */
    public Window with(Padding other) {
        return new Window(kernel, stride, dilation, other, ceiling);
    }

    /** Height and width of the window in pixels. */
    public int extent() {
        return (kernel - 1) * dilation + 1;
    }

    /** Whether the padding is the one of {@link #centered}, without gaps. */
    public boolean isCentered() {
        return equals(centered(kernel, stride));
    }

    /** Number of windows over {@code height} pixels; 0 if the window is larger than the padded image. */
    public int rows(int height) {
        return windows(height, padding.top(), padding.bottom());
    }

    /** Number of windows over {@code width} pixels; 0 if the window is larger than the padded image. */
    public int columns(int width) {
        return windows(width, padding.left(), padding.right());
    }

    private int windows(int size, int before, int after) {
        long room = (long) size + before + after - extent();
        if (room < 0) {
            return 0;
        }
        long windows = (room + (ceiling ? stride - 1 : 0)) / stride + 1;
        // A window that begins in the padding behind the image does not count.
        return (int) (ceiling && (windows - 1) * stride >= size + before ? windows - 1 : windows);
    }

    /**
     * The padding that the windows reach: as {@link #padding}, and with more pixels behind the image where a last
     * window ends outside.
     */
    public Padding reached(int height, int width) {
        return new Padding(
                padding.top(),
                padding.left(),
                Math.max(padding.bottom(), (rows(height) - 1) * stride + extent() - height - padding.top()),
                Math.max(padding.right(), (columns(width) - 1) * stride + extent() - width - padding.left()));
    }
}
