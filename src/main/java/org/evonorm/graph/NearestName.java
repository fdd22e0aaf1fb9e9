package org.evonorm.graph;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The existing name nearest to a misspelt name, for error messages that suggest it. */
public final class NearestName {

    /** One letter in three may be wrong. */
    private static final int LETTERS_PER_CHANGE = 3;

    private NearestName() {}

    /**
     * The known name of the smallest edit distance (Levenshtein), in any case; empty if all distances are above a third
     * of the letters.
     */
    public static Optional<String> of(String misspelt, Collection<String> known) {
        String wanted = misspelt.strip().toLowerCase(Locale.ROOT);
        int most = wanted.length() / LETTERS_PER_CHANGE;
        // Beyond the limit, LevenshteinDistance gives up and returns -1, so a long text costs little.
        LevenshteinDistance changes = new LevenshteinDistance(most);
        return known.stream()
                .filter(name -> changes.apply(name.toLowerCase(Locale.ROOT), wanted) >= 0)
                .min(Comparator.<String>comparingInt(name -> changes.apply(name.toLowerCase(Locale.ROOT), wanted))
                        // Letters in the wrong order are more common than missing ones.
                        .thenComparing(name -> Math.abs(name.length() - wanted.length()))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** The end of an error message, {@code ; did you mean NAME?}; the empty string if no name is near. */
    public static String question(String misspelt, Collection<String> known) {
        return of(misspelt, known).map(name -> "; did you mean " + name + "?").orElse("");
    }
}
