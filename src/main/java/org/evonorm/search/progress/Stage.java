package org.evonorm.search.progress;

/** The stages of a generation with a progress that observers receive, in this order. */
public enum Stage {
    /** Proposals and the static filter. */
    PROPOSE("propose", "proposals"),
    /** The signal, stability and quality filters, each for candidates that pass the ones before. */
    FILTER("filter", "candidates"),
    /** The trainings to the first hurdle, of a search that has hurdles. */
    HURDLE("first hurdle", "candidates"),
    /** The trainings of the survivors in every network; of a search with hurdles, once for each later hurdle. */
    TRAIN("train", "trainings");

    private final String title;
    private final String items;

    Stage(String title, String items) {
        this.title = title;
        this.items = items;
    }

    /** The name of the stage for people. */
    public String title() {
        return title;
    }

    /** The name for people of the items that the stage consists of. */
    public String items() {
        return items;
    }
}
