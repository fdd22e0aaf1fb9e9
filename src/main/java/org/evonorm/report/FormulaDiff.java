package org.evonorm.report;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.DeltaType;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The difference of two formulas, token by token, for the lineage of a layer: pieces that both have, that the first
 * alone has, and that the second alone has.
 */
final class FormulaDiff {

    /** A piece of text and its part in the difference. */
    public record Piece(Kind kind, String text) {}

    /** The formulas that have a piece of text. */
    public enum Kind {
        /** Both formulas. */
        KEPT,
        /** The first formula alone. */
        REMOVED,
        /** The second formula alone. */
        ADDED
    }

    /** A name, a number or one sign, with the space after it. */
    private static final Pattern TOKEN = Pattern.compile("(\\w+|\\W)\\s*");

    private FormulaDiff() {}

    /** A formula without a difference. */
    static List<Piece> same(String formula) {
        return List.of(new Piece(Kind.KEPT, formula));
    }

    /** The pieces of both formulas, in order. */
    static List<Piece> of(String before, String after) {
        List<String> old = tokens(before);
        List<String> now = tokens(after);
        List<Piece> pieces = new ArrayList<>();
        for (AbstractDelta<String> delta : DiffUtils.diff(old, now, true).getDeltas()) {
            if (delta.getType() == DeltaType.EQUAL) {
                add(pieces, Kind.KEPT, delta.getTarget().getLines());
            } else {
                add(pieces, Kind.REMOVED, delta.getSource().getLines());
                add(pieces, Kind.ADDED, delta.getTarget().getLines());
            }
        }
        return pieces;
    }

    private static List<String> tokens(String formula) {
        return TOKEN.matcher(formula).results().map(MatchResult::group).toList();
    }

    private static void add(List<Piece> pieces, Kind kind, List<String> tokens) {
        if (!tokens.isEmpty()) {
            pieces.add(new Piece(kind, String.join("", tokens)));
        }
    }
}
