/**
 * Passes: a program becomes a schedule of tile passes over the pixels of a sample, with the registers, spills and fused
 * operations of each.
 *
 * <p>Everything here is a pure function of the layer: no memory, no machine, no sizes.
 *
 * <p>To read: {@link org.evonorm.engine.pass.LayerPlan}, {@link org.evonorm.engine.pass.Schedule},
 * {@link org.evonorm.engine.pass.TilePass}, {@link org.evonorm.engine.pass.PassSpills},
 * {@link org.evonorm.engine.pass.TileOperation}, {@link org.evonorm.engine.pass.PixelPhases}.
 */
package org.evonorm.engine.pass;
