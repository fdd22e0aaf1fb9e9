/**
 * Images in files of users: CIFAR's binary files, folders of image files, arrays of NumPy, and Parquet, each behind one
 * contract. A source of pictures of any sizes is a {@code PictureSource}; {@code SizedSet} brings its pictures to one
 * size, and {@code ClassLabels} checks its labels. docs/images.md has the rules.
 *
 * <p>To read: {@link org.evonorm.data.files.ImageFiles}, then one source, for example {@code ImageFolder}.
 */
package org.evonorm.data.files;
