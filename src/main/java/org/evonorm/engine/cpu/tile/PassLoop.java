package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.llvm.LoopSource;
import org.evonorm.engine.pass.TilePass;

/**
 * The source of the compiled loop of a tile pass. Equal passes, of other places, models or candidates, share one loop.
 *
 * @param accumulate whether the derivative with respect to the input is added to the contents of its tensor
 */
public record PassLoop(TilePass pass, boolean accumulate) implements LoopSource {

    @Override
    public String ir(String function) {
        return PassIr.of(pass, function, accumulate);
    }
}
