/**
 * The DL4J engine. Networks become ComputationGraphs of DL4J's own layers; the layer under test becomes a DL4J layer
 * whose passes interpret its program as ND4J operations, so that everything runs on ND4J's device, a CPU or a GPU.
 * Parameters and results have the form of all engines, and are converted here. Training by dl4j-spark is here too,
 * since it leaves no step to other code.
 *
 * <p>No class of an ND4J back end is named. Nothing here knows a search or a data set.
 *
 * <p>To read: {@link org.evonorm.engine.dl4j.Dl4jEngine}, {@link org.evonorm.engine.dl4j.Dl4jModel},
 * {@link org.evonorm.engine.dl4j.NetworkGraph}, {@link org.evonorm.engine.dl4j.Interpreter},
 * {@link org.evonorm.engine.dl4j.ParameterAveraging}.
 */
package org.evonorm.engine.dl4j;
