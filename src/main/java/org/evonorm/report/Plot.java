package org.evonorm.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.jfree.chart.JFreeChart;

/**
 * A plot for the page and for files of its own.
 *
 * @param name   name of its files, without extension
 * @param title  title above it
 * @param text   alternative text, for readers who cannot see the plot
 * @param width  width in pixels
 * @param height height in pixels
 */
public record Plot(String name, String title, String text, JFreeChart chart, int width, int height) {

    private static final int PNG_SCALE = 2;

    /** The plot as SVG without background, for the page, which has one. */
    String svg() {
        return SvgImage.of(width, height, graphics -> draw(graphics));
    }

    /** The plot as SVG on white, for a file. */
    String svgOnWhite() {
        return SvgImage.of(width, height, graphics -> {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            draw(graphics);
        });
    }

    /** The plot as PNG on white, at twice the size, for dense screens and print. */
    byte[] png() {
        BufferedImage image = new BufferedImage(PNG_SCALE * width, PNG_SCALE * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.scale(PNG_SCALE, PNG_SCALE);
        draw(graphics);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void draw(Graphics2D graphics) {
        chart.draw(graphics, new Rectangle2D.Double(0, 0, width, height));
    }
}
