package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.evonorm.engine.llvm.LoopIr;
import org.evonorm.engine.llvm.LoopIr.Vector;

/** The parts that all direct loops have: blocks of channels, tiles of a line, and the taps that padding leaves. */
record LoopParts(LoopIr ir) {

    /** A range of a loop: its first index and the index after its last one. */
    record Range(String from, String to) {}

    /** A tile of a line of pixels, which turns sums before it into sums after it. */
    interface Tile {

        /**
         * Writes the tile.
         *
         * @param index its first pixel, in the intermediate representation
         * @param q     a pixel that stands for it: its first one, or that of another tile without padding
         * @param count number of pixels
         */
        List<Vector> write(String index, int q, int count, List<Vector> sums);
    }

    /**
     * Writes a body for every block of channels, given its first channel; equal blocks at the beginning share one loop.
     */
    void blocks(List<List<Integer>> blocks, BiConsumer<String, List<Integer>> body) {
        List<Integer> block = blocks.get(0);
        int same = 1;
        while (same < blocks.size() && blocks.get(same).equals(block)) {
            same++;
        }
        int floats = Tiling.floats(block);
        if (same == 1) {
            body.accept("0", block);
        } else {
            ir.loop("0", Integer.toString(same * floats), floats, channel -> body.accept(channel, block));
        }
        int channel = same * floats;
        for (List<Integer> other : blocks.subList(same, blocks.size())) {
            body.accept(Integer.toString(channel), other);
            channel += Tiling.floats(other);
        }
    }

    /**
     * Writes the tiles of a line: full ones without padding share one loop, those at the edges have code of their own.
     */
    List<Vector> tiles(Axis columns, int pixels, List<Vector> sums, Tile tile) {
        List<Vector> after = sums;
        int q = 0;
        while (q < columns.count()) {
            int end = q;
            while (end + pixels <= columns.count() && columns.isInside(end) && columns.isInside(end + pixels - 1)) {
                end += pixels;
            }
            int first = q;
            if (end - first > pixels) {
                BiFunction<String, List<Vector>, List<Vector>> body =
                        (index, before) -> tile.write(index, first, pixels, before);
                after = ir.loop(Integer.toString(first), Integer.toString(end), pixels, after, body);
                q = end;
            } else {
                int count = Math.min(pixels, columns.count() - first);
                after = tile.write(Integer.toString(first), first, count, after);
                q += count;
            }
        }
        return after;
    }

    /** The taps of a sum over taps that read inside the tensor, where tap 0 reads the line {@code source}. */
    Range taps(Axis rows, String source) {
        return rows.isInside()
                ? new Range("0", Integer.toString(rows.taps()))
                : new Range(
                        ir.largest(ir.from(0, source), 0), ir.smallest(ir.from(rows.inputs(), source), rows.taps()));
    }

    /** The lines q of the output whose tap reads inside the input: q · step + first + tap lies in 0 to inputs − 1. */
    Range lines(Axis rows, String tap) {
        return rows.isInside()
                ? new Range("0", Integer.toString(rows.count()))
                : new Range(
                        ir.largest(ir.over(ir.from(rows.step() - 1 - rows.first(), tap), rows.step()), 0),
                        ir.smallest(
                                ir.over(ir.from(rows.inputs() - rows.first() + rows.step() - 1, tap), rows.step()),
                                rows.count()));
    }

    /**
     * The places of a tile's vectors, pixel by pixel.
     *
     * @param first       place of the first one
     * @param pixels      number of pixels
     * @param pixelFloats floats between neighbouring pixels
     * @param block       lanes of the vectors of a pixel
     */
    List<String> places(String first, int pixels, int pixelFloats, List<Integer> block) {
        List<String> places = new ArrayList<>();
        for (int pixel = 0; pixel < pixels; pixel++) {
            long offset = (long) pixel * pixelFloats;
            for (int lanes : block) {
                places.add(ir.plus(first, offset));
                offset += lanes;
            }
        }
        return places;
    }

    /** The address of what the sums of a sample start from, where the sample of a tensor is {@code at} floats behind. */
    String start(SumStart from, String start, String at) {
        return from == SumStart.TENSOR ? ir.at(start, at) : start;
    }

    /**
     * The sums at the start of a tile, pixel by pixel.
     *
     * @param from    what they start from
     * @param start   address of the tensor or of the values per channel
     * @param places  places of the sums in the tensor
     * @param channel the first channel
     * @param block   lanes of the vectors of a pixel
     */
    List<Vector> sums(SumStart from, String start, List<String> places, String channel, List<Integer> block) {
        List<Vector> sums = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            int vector = i % block.size();
            int lanes = block.get(vector);
            sums.add(
                    switch (from) {
                        case ZERO -> ir.zero(lanes);
                        case TENSOR -> ir.load(ir.at(start, places.get(i)), lanes);
                        case CHANNELS ->
                            i >= block.size()
                                    ? sums.get(vector)
                                    : ir.load(
                                            ir.at(start, ir.plus(channel, Tiling.floats(block.subList(0, vector)))),
                                            lanes);
                    });
        }
        return sums;
    }

    /** Adds sums of weight gradients to what stands at their places. */
    void addTo(List<String> places, List<Vector> sums) {
        for (int i = 0; i < places.size(); i++) {
            Vector sum = sums.get(i);
            ir.store(ir.sum(ir.load(places.get(i), sum.lanes()), sum), places.get(i));
        }
    }
}
