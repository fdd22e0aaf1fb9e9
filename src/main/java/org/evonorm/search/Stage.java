package org.evonorm.search;

import java.util.Locale;

/** The stages of a generation whose progress an observer hears of, in this order. */
public enum Stage {
    /** Proposes layers and puts them through the static filter. */
    PROPOSE("propose"),
    /** The stability filter. */
    STABILITY("stability filter"),
    /** The quality filter. */
    QUALITY("quality filter"),
    /** Trains the survivors in every network. */
    TRAIN("train");

    private final String title;

    Stage(String title) {
        this.title = title;
    }

    /** One word, for names of files. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A few words for people. */
    public String title() {
        return title;
    }
}
