/**
 * Layers as typeset equations, for documents and pages: {@code y = γ … + β} in LaTeX and in MathML.
 *
 * <p>Nothing here is read back; forms that are belong to {@link org.evonorm.graph.Formula} and
 * {@link org.evonorm.graph.LayerJson}.
 *
 * <p>To read: {@link org.evonorm.graph.typeset.TypesetLayer}, {@code MathNotation}, {@code MathMlNotation}.
 */
package org.evonorm.graph.typeset;
