package org.evonorm.report;

import java.io.Serializable;
import java.util.Comparator;

/**
 * The name of a series in a plot. Series with one text differ by their number, since JFreeChart needs distinct names.
 */
record SeriesName(int number, String text) implements Comparable<SeriesName>, Serializable {

    private static final Comparator<SeriesName> BY_NUMBER = Comparator.comparingInt(SeriesName::number);

    @Override
    public int compareTo(SeriesName other) {
        return BY_NUMBER.compare(this, other);
    }

    /** The text in the legend. */
    @Override
    public String toString() {
        return text;
    }
}
