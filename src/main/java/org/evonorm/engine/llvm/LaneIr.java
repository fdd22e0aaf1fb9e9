package org.evonorm.engine.llvm;

import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/**
 * A writer of what concerns the lanes of single vectors, beside {@link VectorIr}: vectors of which only the first lanes
 * count, and sums of lanes.
 */
public final class LaneIr {

    private final VectorIr ir;
    private final int width;
    private final String floats;
    private final String conditions;

    /** A writer that adds to the text of {@code ir}, for vectors of {@code width} floats, a power of two. */
    public LaneIr(VectorIr ir, int width) {
        this.ir = ir;
        this.width = width;
        this.floats = ir.vectorType();
        this.conditions = "<" + width + " x i1>";
    }

    /** The declarations of LLVM's intrinsics for vectors of which only the first lanes count. */
    public String declarations() {
        return String.format(
                Locale.ROOT,
                "declare %1$s @llvm.masked.load.v%2$df32.p0(ptr, i32, %3$s, %1$s)%n"
                        + "declare void @llvm.masked.store.v%2$df32.p0(%1$s, ptr, i32, %3$s)%n",
                floats,
                width,
                conditions);
    }

    /** The mask of the first {@code count} lanes; {@code count} is the name of an integer of 64 bits. */
    public String first(String count) {
        StringJoiner lanes = new StringJoiner(", ", "<", ">");
        IntStream.range(0, width).forEach(lane -> lanes.add("i64 " + lane));
        return ir.value("icmp sgt <%1$d x i64> %2$s, %3$s", width, repeated("i64", count), lanes);
    }

    /** Loads the lanes of the mask; the others are 0 and their memory is not read. */
    public String load(String address, String mask) {
        return ir.value(
                "call %1$s @llvm.masked.load.v%2$df32.p0(ptr %3$s, i32 4, %4$s %5$s, %1$s zeroinitializer)",
                floats, width, address, conditions, mask);
    }

    /** Stores the lanes of the mask. */
    public void store(String vector, String address, String mask) {
        ir.line(
                "call void @llvm.masked.store.v%2$df32.p0(%1$s %6$s, ptr %3$s, i32 4, %4$s %5$s)",
                floats, width, address, conditions, mask, vector);
    }

    /** The vector with 0 in the lanes outside of the mask. */
    public String only(String vector, String mask) {
        return ir.value("select %1$s %2$s, %3$s %4$s, %3$s zeroinitializer", conditions, mask, floats, vector);
    }

    /** The float at an address, in all lanes. */
    public String loadRepeated(String address) {
        return repeated("float", ir.value("load float, ptr %s, align 4", address));
    }

    /** 1 / count in all lanes; {@code count} is the name of an integer of 64 bits. */
    public String shareOf(String count) {
        return repeated("float", ir.value("fdiv float 1.0, %s", ir.value("sitofp i64 %s to float", count)));
    }

    /** The sum of all lanes in all lanes. Lanes are added in halves: the first half and the second, and so on. */
    public String sum(String vector) {
        String sum = vector;
        for (int half = width / 2; half > 0; half /= 2) {
            StringJoiner lanes = new StringJoiner(", ", "<", ">");
            for (int lane = 0; lane < width; lane++) {
                lanes.add("i32 " + (lane < half ? lane + half : lane));
            }
            sum = ir.add(
                    sum,
                    ir.value("shufflevector %1$s %2$s, %1$s poison, <%3$d x i32> %4$s", floats, sum, width, lanes));
        }
        return firstLane(floats, sum);
    }

    private String repeated(String type, String scalar) {
        String vector = "<" + width + " x " + type + ">";
        return firstLane(vector, ir.value("insertelement %s poison, %s %s, i32 0", vector, type, scalar));
    }

    private String firstLane(String type, String vector) {
        return ir.value("shufflevector %1$s %2$s, %1$s poison, <%3$d x i32> zeroinitializer", type, vector, width);
    }
}
