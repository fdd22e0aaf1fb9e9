package org.evonorm.report;

import java.awt.Dimension;
import java.awt.Graphics2D;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Drawings of Java's {@link Graphics2D} as SVG. */
final class SvgImage {

    private static final String SVG = "http://www.w3.org/2000/svg";

    /** Digits after the point. */
    private static final int DIGITS = 2;

    private SvgImage() {}

    /** The text of an SVG file of {@code width} by {@code height} pixels. */
    static String of(int width, int height, Consumer<Graphics2D> drawing) {
        SVGGraphics2D graphics = new SVGGraphics2D(context(), false);
        graphics.setSVGCanvasSize(new Dimension(width, height));
        drawing.accept(graphics);
        Element root = graphics.getRoot();
        root.setAttribute("viewBox", "0 0 " + width + " " + height);
        StringWriter text = new StringWriter();
        try {
            graphics.stream(root, text, true, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static SVGGeneratorContext context() {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            Document document =
                    factory.newDocumentBuilder().getDOMImplementation().createDocument(SVG, "svg", null);
            SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
            context.setComment("");
            context.setPrecision(DIGITS);
            return context;
        } catch (ParserConfigurationException e) {
            throw new AssertionError("Java has an XML implementation", e);
        }
    }
}
