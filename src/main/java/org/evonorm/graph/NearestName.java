package org.evonorm.graph;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What somebody probably meant who wrote a name that does not exist. */
public final class NearestName {

    /** Of as many letters, one may be wrong. */
    private static final int LETTERS_A_CHANGE = 3;

    private NearestName() {}

    /** The known name that takes the fewest changes of letters, whatever their case, if few do. */
    public static Optional<String> of(String misspelt, Collection<String> known) {
        String wanted = misspelt.strip().toLowerCase(Locale.ROOT);
        int most = wanted.length() / LETTERS_A_CHANGE;
        // Beyond its limit the distance is -1, so that a long text costs little.
        LevenshteinDistance changes = new LevenshteinDistance(most);
        return known.stream()
                .filter(name -> changes.apply(name.toLowerCase(Locale.ROOT), wanted) >= 0)
                .min(Comparator.<String>comparingInt(name -> changes.apply(name.toLowerCase(Locale.ROOT), wanted))
                        // Letters in the wrong order are more common than missing ones.
                        .thenComparing(name -> Math.abs(name.length() - wanted.length()))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** A half sentence to end a refusal with, {@code ; did you mean NAME?}, or nothing where no name is near. */
    public static String question(String misspelt, Collection<String> known) {
        return of(misspelt, known).map(name -> "; did you mean " + name + "?").orElse("");
    }
}
