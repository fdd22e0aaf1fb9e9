/**
 * The contract of the engines: {@link org.evonorm.engine.Engine#build} makes a model of a network with a layer in its
 * places, and a {@link org.evonorm.engine.Model} gives loss, gradient, update and prediction. The layout and initial
 * values of the parameters belong to the contract, so that all engines start alike.
 *
 * <p>Nothing here computes.
 *
 * <p>To read: {@link org.evonorm.engine.Engine}, {@link org.evonorm.engine.Model},
 * {@link org.evonorm.engine.ParameterLayout}, {@link org.evonorm.engine.PlaceLayers}.
 */
package org.evonorm.engine;
