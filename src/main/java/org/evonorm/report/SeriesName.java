package org.evonorm.report;

import java.io.Serializable;
import java.util.Comparator;

/** The name of a plot's series, which others of its plot may have too. */
record SeriesName(int number, String text) implements Comparable<SeriesName>, Serializable {

    private static final Comparator<SeriesName> BY_NUMBER = Comparator.comparingInt(SeriesName::number);

    @Override
    public int compareTo(SeriesName other) {
        return BY_NUMBER.compare(this, other);
    }

    /** What the legend shows. */
    @Override
    public String toString() {
        return text;
    }
}
