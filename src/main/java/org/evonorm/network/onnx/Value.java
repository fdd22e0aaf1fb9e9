package org.evonorm.network.onnx;

import org.evonorm.network.onnx.layout.Layout;

/** A value of the graph that depends on the images, as operators of the network give it. */
sealed interface Value {

    /**
     * Activations of an operator.
     *
     * @param operator the operator, or the images
     * @param layout   their order, and which of the channels they are
     * @param factor   the number by which they are multiplied, as queries of an attention are
     */
    record View(int operator, Layout layout, double factor) implements Value {

        View(int operator, Layout layout) {
            this(operator, layout, 1);
        }

        View with(Layout other) {
            return new View(operator, other, factor);
        }

        View times(double number) {
            return new View(operator, layout, factor * number);
        }
    }

    /**
     * Products of all queries and keys of an attention.
     *
     * @param factor the number by which they are multiplied
     */
    record Scores(View queries, View keys, double factor) implements Value {

        Scores times(double number) {
            return new Scores(queries, keys, factor * number);
        }
    }

    /** The softmax of scores. */
    record Probabilities(View queries, View keys) implements Value {}
}
