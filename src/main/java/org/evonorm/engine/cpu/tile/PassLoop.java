package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.LoopSource;
import org.evonorm.engine.pass.TilePass;

/**
 * The source of the compiled loop of a tile pass. Equal passes, of other places, models or candidates, share one loop.
 *
 * @param accumulate whether the derivative with respect to the input is added to the contents of its tensor
 * @param masked     whether the last vector of a pixel is masked, in passes with pixel means
 */
public record PassLoop(TilePass pass, boolean accumulate, boolean masked) implements LoopSource {

    /** The loop of a pass for a number of channels. */
    static PassLoop of(TilePass pass, boolean accumulate, int channels) {
        return new PassLoop(pass, accumulate, pass.hasPixelMeans() && channels % VectorFunctions.WIDTH != 0);
    }

    /** The loop of a pass for channels that are whole vectors, which does not accumulate. */
    public static PassLoop of(TilePass pass) {
        return new PassLoop(pass, false, false);
    }

    @Override
    public String ir(String function) {
        return pass.hasPixelMeans()
                ? PixelPassIr.of(pass, function, accumulate, masked)
                : PassIr.of(pass, function, accumulate);
    }
}
