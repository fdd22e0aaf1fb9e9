package org.evonorm.graph;

import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rule that divides a layer's channels into the groups of {@link IndexSet#WHCG}: groups of a size, or a number of
 * groups. Both are lowered until they divide the channels, so that a layer fits every network. Other rules give other
 * functions, so the rule is a part of the layer. The constructor throws IllegalArgumentException for a number that is
 * not above 0, or above {@link #MOST}.
 *
 * @param kind   the quantity that the number is
 * @param number the channels per group, or the groups, where the channels allow it
 */
public record GroupRule(Kind kind, int number) implements Serializable {

    /** The largest number of channels per group, or of groups. */
    public static final int MOST = 65_536;

    private static final Pattern TEXT = Pattern.compile("\\s*(size|count)\\s*\\(\\s*([1-9][0-9]{0,4})\\s*\\)\\s*");

    /** The quantity that a rule keeps from one number of channels to the next. */
    public enum Kind {
        /** Channels per group. */
        SIZE,
        /** Groups. */
        COUNT;

        /** The name in formulas, JSON and settings, for example {@code size}. */
        public String symbol() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Groups of 8 channels, the rule of layers that say nothing else. */
    public static final GroupRule DEFAULT = new GroupRule(Kind.SIZE, 8);

    /** 32 groups, the rule of the published code of the paper. */
    public static final GroupRule PUBLISHED = new GroupRule(Kind.COUNT, 32);

    public GroupRule {
        if (number < 1 || number > MOST) {
            throw new IllegalArgumentException("groups have a size or count of 1 to " + MOST + ", not " + number);
        }
    }

    /** The rule in the form of {@link #text}, with blanks anywhere between its signs; empty for every other text. */
    public static Optional<GroupRule> parse(String text) {
        Matcher rule = TEXT.matcher(text);
        if (!rule.matches() || Integer.parseInt(rule.group(2)) > MOST) {
            return Optional.empty();
        }
        Kind kind = Kind.valueOf(rule.group(1).toUpperCase(Locale.ROOT));
        return Optional.of(new GroupRule(kind, Integer.parseInt(rule.group(2))));
    }

    /** The rule of this {@linkplain #code code}. */
    public static GroupRule ofCode(int code) {
        return code > 0 ? new GroupRule(Kind.SIZE, code) : new GroupRule(Kind.COUNT, -code);
    }

    /** A number that stands for the rule where only a number can: the size, or the count with the other sign. */
    public int code() {
        return kind == Kind.SIZE ? number : -number;
    }

    /** Channels per group of a layer of this many channels. */
    public int size(int channels) {
        int divisor = Math.min(number, channels);
        while (channels % divisor != 0) {
            divisor--;
        }
        return kind == Kind.SIZE ? divisor : channels / divisor;
    }

    /** The number of groups of a layer of this many channels. */
    public int count(int channels) {
        return channels / size(channels);
    }

    /** The form in formulas and settings, for example {@code count(32)}. */
    public String text() {
        return kind.symbol() + "(" + number + ")";
    }

    /** In words, for example {@code 32 groups, or as many as the largest divisor of C up to 32}. */
    public String description() {
        return (kind == Kind.SIZE ? "groups of " + number + " channels" : number + " groups")
                + ", or as many as the largest divisor of C up to " + number;
    }

    /** This rule where {@code graph} has groups, and {@code other} where it has none. */
    GroupRule whereReached(LayerGraph graph, GroupRule other) {
        boolean hasGroups = CanonicalForm.reachable(graph).stream()
                .filter(id -> id >= LayerGraph.INITIAL_NODES)
                .anyMatch(id ->
                        graph.node(id).primitive() instanceof Aggregate aggregate && aggregate.over() == IndexSet.WHCG);
        return hasGroups ? this : other;
    }
}
