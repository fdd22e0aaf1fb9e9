/**
 * Labelled images and the batches that networks train and score on: the embedded synthetic set, the CIFAR binary files, Parquet,
 * the class-balanced split into training and validation images, standardization, random crops and flips. Everything is
 * deterministic in the seeds handed in. Nothing here knows networks, layers or engines, and nothing downloads.
 */
package org.evonorm.data;
