package org.evonorm.store;

/** Which images a reranked layer was scored on. */
public enum ScoredOn {
    /** Training images that the search neither trained nor validated on: these decide the ranking. */
    VALIDATION,
    /** The test images, which decide nothing. */
    TEST
}
