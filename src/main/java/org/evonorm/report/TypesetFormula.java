package org.evonorm.report;

import java.awt.Color;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerLatex;
import org.scilab.forge.jlatexmath.TeXConstants;
import org.scilab.forge.jlatexmath.TeXFormula;
import org.scilab.forge.jlatexmath.TeXIcon;

/**
 * The typeset formula of a layer.
 *
 * @param latex  LaTeX source of the formula
 * @param svg    the formula in black, without background
 * @param width  width in pixels at a text size of 16
 * @param height height in pixels at a text size of 16
 */
record TypesetFormula(String latex, String svg, int width, int height) {

    private static final float SIZE = 20;
    private static final int MARGIN = 2;

    static TypesetFormula of(Layer layer) {
        String latex = LayerLatex.print(layer);
        TeXIcon icon = new TeXFormula(latex).createTeXIcon(TeXConstants.STYLE_DISPLAY, SIZE);
        icon.setForeground(Color.BLACK);
        int width = icon.getIconWidth() + 2 * MARGIN;
        int height = icon.getIconHeight() + 2 * MARGIN;
        String svg = SvgImage.of(width, height, true, graphics -> icon.paintIcon(null, graphics, MARGIN, MARGIN));
        return new TypesetFormula(latex, svg, width, height);
    }
}
