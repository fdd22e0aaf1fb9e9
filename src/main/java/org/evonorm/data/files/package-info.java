/**
 * The door to images in files of users: CIFAR's binary files and a folder per class here, arrays of NumPy and Parquet in
 * the packages below, each behind one contract. docs/images.md has the rules.
 *
 * <p>Nothing here draws batches or splits a set.
 *
 * <p>To read: {@link org.evonorm.data.files.ImageFiles}, then one source, for example {@code ImageFolder}.
 */
package org.evonorm.data.files;
