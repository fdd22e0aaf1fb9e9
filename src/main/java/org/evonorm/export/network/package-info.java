/**
 * Exports of whole networks: PyTorch code of an anchor network, or of one from a file, with a layer in its places.
 *
 * <p>The layer itself is a module of its own file, which {@code export.python} writes.
 *
 * <p>To read: {@link org.evonorm.export.network.PyTorchNetwork}, {@code OperatorText}.
 */
package org.evonorm.export.network;
