package org.evonorm.report.comparison;

import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;

/** The accuracies of a layer alone: runs are compared by these, whatever objectives each of them selected by. */
final class Accuracies {

    private Accuracies() {}

    /** The fitness of a layer without its values in further objectives. */
    static Fitness of(Evaluated layer) {
        Fitness fitness = layer.fitness();
        return new Fitness(fitness.accuracies(), fitness.reach(), fitness.earlier());
    }
}
