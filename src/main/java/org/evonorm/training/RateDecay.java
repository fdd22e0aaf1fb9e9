package org.evonorm.training;

/** Course of the learning rate after the warm-up (paper, section 4). */
public enum RateDecay {
    /** The rate stays at its peak (family B in the paper). */
    CONSTANT,
    /** The rate falls to 0 along half a cosine over all steps (family S in the paper). */
    COSINE
}
