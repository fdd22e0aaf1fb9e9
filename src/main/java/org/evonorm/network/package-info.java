/**
 * The anchor networks (DESIGN section 3) as engine-independent specifications: lists of operators with places that the
 * layer under test fills, the shapes that follow from an image size, and what a network costs in parameters and
 * multiply-adds. Nothing here computes with tensors, knows how parameters start or are stored, or reads images; that is
 * for the engines and the data package.
 */
package org.evonorm.network;
