/**
 * Pictures of any sizes and what makes a set of images of them: the contract of a source, the decoding of PNG, JPEG, GIF
 * and BMP, resizing, labels, the files below a folder, and the words for faults. A source of pictures is a
 * {@code PictureSource}; {@code SizedSet} brings its pictures to one size, and {@code ClassLabels} checks its labels.
 *
 * <p>Nothing here knows a format of files with many images.
 *
 * <p>To read: {@link org.evonorm.data.files.picture.PictureSource}, {@link
 * org.evonorm.data.files.picture.ClassLabels}, {@link org.evonorm.data.files.picture.EncodedPicture}.
 */
package org.evonorm.data.files.picture;
