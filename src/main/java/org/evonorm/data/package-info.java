/**
 * Labelled images and the batches for training and evaluation: the embedded synthetic set, the contract of images in
 * files, the stratified split into training and validation images, standardization, random crops and flips. Everything
 * is determined by the seeds of the caller.
 *
 * <p>Nothing here knows networks, layers or engines, and nothing downloads.
 *
 * <p>To read: {@link org.evonorm.data.Images}, {@link org.evonorm.data.Dataset}, {@link org.evonorm.data.Datasets},
 * {@link org.evonorm.data.ValidationSplit}, {@link org.evonorm.data.TrainingBatches}.
 */
package org.evonorm.data;
