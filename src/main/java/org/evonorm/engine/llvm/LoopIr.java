package org.evonorm.engine.llvm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * A writer of nested loops over vectors of any width in LLVM's intermediate representation, for loops that keep their
 * sums in registers. Integers and addresses are names or constants of 64 bits; addresses count in floats.
 */
public final class LoopIr {

    /**
     * A vector of floats.
     *
     * @param name  its name in the intermediate representation
     * @param lanes number of floats
     */
    public record Vector(String name, int lanes) {}

    private final StringBuilder text = new StringBuilder();
    private final TreeSet<Integer> multipliedLanes = new TreeSet<>();
    private int names;

    /**
     * The module with the lines written so far as its only function, which takes the address of its arguments and
     * returns nothing.
     */
    public String module(String function) {
        StringBuilder module = new StringBuilder();
        for (int lanes : multipliedLanes) {
            module.append(format("declare %1$s @llvm.fma.v%2$df32(%1$s, %1$s, %1$s)%n", type(lanes), lanes));
        }
        module.append("declare i64 @llvm.smax.i64(i64, i64)\ndeclare i64 @llvm.smin.i64(i64, i64)\n");
        return module.append(format("define void @%s(ptr %%arguments) {%nentry:%n", function))
                .append(text)
                .append("ret void\n}\n")
                .toString();
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String type(int lanes) {
        return "<" + lanes + " x float>";
    }

    private void line(String format, Object... values) {
        text.append(format(format, values)).append('\n');
    }

    private String value(String format, Object... values) {
        String name = "%v" + names++;
        text.append(name).append(" = ").append(format(format, values)).append('\n');
        return name;
    }

    // ---- integers and addresses

    /** Loads an argument of the function that is an address. */
    public String pointerArgument(int index) {
        return value("load ptr, ptr %s", value("getelementptr i64, ptr %%arguments, i64 %d", index));
    }

    /** Loads an argument of the function that is an integer. */
    public String integerArgument(int index) {
        return value("load i64, ptr %s", value("getelementptr i64, ptr %%arguments, i64 %d", index));
    }

    /** The address {@code floats} after {@code address}. */
    public String at(String address, String floats) {
        return value("getelementptr float, ptr %s, i64 %s", address, floats);
    }

    /** The address {@code floats} after {@code address}. */
    public String at(String address, long floats) {
        return floats == 0 ? address : at(address, Long.toString(floats));
    }

    public String plus(String a, long b) {
        return b == 0 ? a : value("add i64 %s, %d", a, b);
    }

    public String plus(String a, String b) {
        return value("add i64 %s, %s", a, b);
    }

    public String times(String a, long b) {
        return b == 1 ? a : value("mul i64 %s, %d", a, b);
    }

    /** b − a */
    public String from(long b, String a) {
        return value("sub i64 %d, %s", b, a);
    }

    /** The quotient, rounded towards zero. */
    public String over(String a, long b) {
        return b == 1 ? a : value("sdiv i64 %s, %d", a, b);
    }

    public String largest(String a, long b) {
        return value("call i64 @llvm.smax.i64(i64 %s, i64 %d)", a, b);
    }

    public String smallest(String a, long b) {
        return smallest(a, Long.toString(b));
    }

    public String smallest(String a, String b) {
        return value("call i64 @llvm.smin.i64(i64 %s, i64 %s)", a, b);
    }

    // ---- vectors

    /** Loads a vector; the address need not be aligned to the size of a vector, but to the size of a float. */
    public Vector load(String address, int lanes) {
        return new Vector(value("load %s, ptr %s, align 4", type(lanes), address), lanes);
    }

    /** Stores a vector; the address as in {@link #load}. */
    public void store(Vector vector, String address) {
        line("store %s %s, ptr %s, align 4", type(vector.lanes()), vector.name(), address);
    }

    public Vector zero(int lanes) {
        return new Vector("zeroinitializer", lanes);
    }

    /** {@code a + b}. */
    public Vector sum(Vector a, Vector b) {
        return new Vector(value("fadd %1$s %2$s, %3$s", type(a.lanes()), a.name(), b.name()), a.lanes());
    }

    /** Loads a float, to be multiplied with vectors. */
    public String scalar(String address) {
        return value("load float, ptr %s, align 4", address);
    }

    /** A vector with a float in all lanes. */
    public Vector repeated(String scalar, int lanes) {
        String first = value("insertelement %s poison, float %s, i32 0", type(lanes), scalar);
        return new Vector(
                value("shufflevector %1$s %2$s, %1$s poison, <%3$d x i32> zeroinitializer", type(lanes), first, lanes),
                lanes);
    }

    /** a · b + c, rounded once */
    public Vector multiplyAdd(Vector a, Vector b, Vector c) {
        int lanes = a.lanes();
        multipliedLanes.add(lanes);
        return new Vector(
                value(
                        "call %1$s @llvm.fma.v%2$df32(%1$s %3$s, %1$s %4$s, %1$s %5$s)",
                        type(lanes), lanes, a.name(), b.name(), c.name()),
                lanes);
    }

    // ---- loops

    /** Writes a loop that carries no vectors, see {@link #loop(String, String, long, List, BiFunction)}. */
    public void loop(String from, String to, long step, Consumer<String> body) {
        loop(from, to, step, List.of(), (index, none) -> {
            body.accept(index);
            return none;
        });
    }

    /**
     * Writes a loop, which takes no turn if {@code from} is not less than {@code to}.
     *
     * @param carried vectors at the start of the first turn
     * @param body    writes a turn: takes the index and the vectors at its start, and gives the vectors at its end
     * @return the vectors after the last turn
     */
    public List<Vector> loop(
            String from,
            String to,
            long step,
            List<Vector> carried,
            BiFunction<String, List<Vector>, List<Vector>> body) {
        if (isConstant(from) && isConstant(to)) {
            long turns = (Long.parseLong(to) - Long.parseLong(from) + step - 1) / step;
            if (turns <= 1) {
                return turns == 1 ? body.apply(from, carried) : carried;
            }
            return turns(from, to, step, carried, body, false);
        }
        return turns(from, to, step, carried, body, true);
    }

    private static boolean isConstant(String integer) {
        return !integer.startsWith("%");
    }

    private List<Vector> turns(
            String from,
            String to,
            long step,
            List<Vector> carried,
            BiFunction<String, List<Vector>, List<Vector>> body,
            boolean maybeNone) {
        String loop = "loop" + names++;
        line("br label %%%s.entry", loop);
        line("%s.entry:", loop);
        if (maybeNone) {
            line("%%%1$s.any = icmp slt i64 %2$s, %3$s", loop, from, to);
            line("br i1 %%%1$s.any, label %%%1$s, label %%%1$s.done", loop);
        } else {
            line("br label %%%s", loop);
        }
        line("%s:", loop);
        line("%%%1$s.index = phi i64 [%2$s, %%%1$s.entry], [%%%1$s.index.next, %%%1$s.end]", loop, from);
        List<Vector> start = new ArrayList<>();
        for (int i = 0; i < carried.size(); i++) {
            start.add(phi(format("%%%s.%d", loop, i), loop, carried.get(i), i));
        }
        List<Vector> next = body.apply(format("%%%s.index", loop), start);
        line("br label %%%s.end", loop);
        line("%s.end:", loop);
        List<Vector> named = new ArrayList<>();
        for (int i = 0; i < next.size(); i++) {
            String type = type(next.get(i).lanes());
            named.add(new Vector(format("%%%s.next.%d", loop, i), next.get(i).lanes()));
            line(
                    "%s = bitcast %s %s to %s",
                    named.get(i).name(), type, next.get(i).name(), type);
        }
        line("%%%1$s.index.next = add i64 %%%1$s.index, %2$d", loop, step);
        line("%%%1$s.more = icmp slt i64 %%%1$s.index.next, %2$s", loop, to);
        line("br i1 %%%1$s.more, label %%%1$s, label %%%1$s.done", loop);
        line("%s.done:", loop);
        if (!maybeNone) {
            return named;
        }
        List<Vector> end = new ArrayList<>();
        for (int i = 0; i < carried.size(); i++) {
            end.add(phi(format("%%%s.%d.done", loop, i), loop, carried.get(i), i));
        }
        return end;
    }

    /** A vector that is {@code before} when the loop has not yet turned, and the next vector of a turn afterwards. */
    private Vector phi(String name, String loop, Vector before, int index) {
        line(
                "%1$s = phi %2$s [%3$s, %%%4$s.entry], [%%%4$s.next.%5$d, %%%4$s.end]",
                name, type(before.lanes()), before.name(), loop, index);
        return new Vector(name, before.lanes());
    }
}
