package org.evonorm.training;

/** What the learning rate does after warm-up. */
public enum RateDecay {
    /** Stays as it is (paper, section 4: family B). */
    CONSTANT,
    /** Falls to 0 along half a cosine over all steps (family S). */
    COSINE
}
