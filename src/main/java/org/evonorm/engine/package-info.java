/**
 * The contract between the search and what computes: an {@link org.evonorm.engine.Engine} builds a
 * {@link org.evonorm.engine.Model} from a network and a layer; all engines share the layout and the initial values of its
 * parameters, so that their results can be compared. Nothing here computes on tensors or knows a native library.
 */
package org.evonorm.engine;
