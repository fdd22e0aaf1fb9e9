package org.evonorm.search.progress;

/** The stages of a generation with a progress that observers receive, in this order. */
public enum Stage {
    /** Proposals and the static filter. */
    PROPOSE("propose"),
    /** The stability filter, and the quality filter for candidates that pass it. */
    FILTER("filter"),
    /** The trainings of the survivors in every network. */
    TRAIN("train");

    private final String title;

    Stage(String title) {
        this.title = title;
    }

    /** The name of the stage for people. */
    public String title() {
        return title;
    }
}
