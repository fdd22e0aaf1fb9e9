/**
 * The CPU engine: convolutions by compiled loops or oneDNN, layers by the tile machine.
 *
 * <p>This package is the door; the rooms behind it ({@code vector}, {@code memory}, {@code onednn}, {@code direct},
 * {@code tile}, {@code step}) are entered from nowhere else.
 *
 * <p>To read: {@link org.evonorm.engine.cpu.LayerCompilation}, which lists the way of a layer to machine code,
 * {@link org.evonorm.engine.cpu.CpuEngine}, {@link org.evonorm.engine.cpu.CpuModel},
 * {@code NetworkPlan}, then {@link org.evonorm.engine.cpu.step.Step} and
 * {@link org.evonorm.engine.cpu.tile.TileMachine}.
 */
package org.evonorm.engine.cpu;
