/**
 * The DL4J engine: networks become ComputationGraphs of DL4J's own layers, and the layer under test a DL4J layer whose
 * forward and backward pass interpret its program as ND4J operations, so that all of it runs where ND4J does, on a CPU or
 * a GPU. Parameters and results have the form that all engines share; what DL4J arranges otherwise is rearranged here.
 * Training by dl4j-spark, which leaves no step to others, stands here too, with an optimizer of the project's own.
 * No class of a back end is named, no search and no data set is known.
 */
package org.evonorm.engine.dl4j;
