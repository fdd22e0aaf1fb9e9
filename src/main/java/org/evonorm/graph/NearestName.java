package org.evonorm.graph;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The existing name nearest to a misspelt name, for error messages that suggest it. */
public final class NearestName {

    /** One letter in three may be wrong. */
    private static final int LETTERS_PER_CHANGE = 3;

    /** No name is as long; a longer text costs no time. */
    private static final int LONGEST = 200;

    private NearestName() {}

    /**
     * The known name of the smallest number of {@link #changes}, in any case; empty if all numbers are above a third of
     * the letters.
     */
    public static Optional<String> of(String misspelt, Collection<String> known) {
        String wanted = misspelt.strip().toLowerCase(Locale.ROOT);
        if (wanted.length() > LONGEST) {
            return Optional.empty();
        }
        int most = wanted.length() / LETTERS_PER_CHANGE;
        return known.stream()
                .filter(name -> changes(name.toLowerCase(Locale.ROOT), wanted) <= most)
                .min(Comparator.<String>comparingInt(name -> changes(name.toLowerCase(Locale.ROOT), wanted))
                        // Letters in the wrong order are more common than missing ones.
                        .thenComparing(name -> Math.abs(name.length() - wanted.length()))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /**
     * The number of letters that are added, left out or replaced (Levenshtein). Two letters that changed places, the
     * most common slip, are two such changes and count as one.
     */
    public static int changes(String name, String misspelt) {
        int distance = LevenshteinDistance.getDefaultInstance().apply(name, misspelt);
        boolean sameLetters = Arrays.equals(
                name.codePoints().sorted().toArray(),
                misspelt.codePoints().sorted().toArray());
        return sameLetters ? distance / 2 : distance;
    }

    /** The end of an error message, {@code ; did you mean NAME?}; the empty string if no name is near. */
    public static String question(String misspelt, Collection<String> known) {
        return of(misspelt, known).map(name -> "; did you mean " + name + "?").orElse("");
    }
}
