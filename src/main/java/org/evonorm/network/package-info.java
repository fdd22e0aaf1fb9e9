/**
 * The anchor networks as engine-independent specifications: lists of operators with places that candidates fill, the
 * shapes of activations, and the cost in parameters and multiply-adds (docs/design.md, "Anchor networks").
 *
 * <p>Nothing here computes with tensors, initializes or stores parameters, or reads images; the engines and the data
 * package do.
 *
 * <p>To read: {@link org.evonorm.network.Operator}, {@link org.evonorm.network.Network},
 * {@link org.evonorm.network.AnchorNetworks}, {@link org.evonorm.network.NetworkCost}.
 */
package org.evonorm.network;
