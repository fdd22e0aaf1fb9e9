package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.llvm.LoopSource;
import org.evonorm.engine.pass.TilePass;

/**
 * The loop of a tile pass.
 *
 * @param accumulate whether the derivative of the input is added to what its tensor holds
 */
public record PassLoop(TilePass pass, boolean accumulate) implements LoopSource {

    @Override
    public String ir(String function) {
        return PassIr.of(pass, function, accumulate);
    }
}
