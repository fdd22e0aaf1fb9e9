/**
 * The tile machine: it runs the schedule of a layer over the samples of a worker, pass by pass.
 *
 * <p>Passes have two back ends, compiled by LLVM or run by kernels; {@link org.evonorm.engine.cpu.tile.PassBackend} is
 * their contract, and both give the same bits.
 *
 * <p>To read: {@link org.evonorm.engine.cpu.tile.TileLayer}, {@link org.evonorm.engine.cpu.tile.TileMachine},
 * {@link org.evonorm.engine.cpu.tile.PassBackend}, {@code PassIr}, {@code CompiledPass}.
 */
package org.evonorm.engine.cpu.tile;
