package org.evonorm.search.progress;

/** The stages of a generation whose progress an observer hears of, in this order. */
public enum Stage {
    /** Proposes layers and puts them through the static filter. */
    PROPOSE("propose"),
    /** The stability filter, and the quality filter for those that pass it. */
    FILTER("filter"),
    /** Trains the survivors in every network. */
    TRAIN("train");

    private final String title;

    Stage(String title) {
        this.title = title;
    }

    /** A few words for people. */
    public String title() {
        return title;
    }
}
