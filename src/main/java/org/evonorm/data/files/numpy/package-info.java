/**
 * Images in arrays of NumPy, {@code .npy} and {@code .npz}, read in stretches.
 *
 * <p>Nothing here executes what an array holds: arrays of Python objects are refused.
 *
 * <p>To read: {@link org.evonorm.data.files.numpy.NumpyFiles}, {@code NpyHeader}, {@code NumpyPictures}.
 */
package org.evonorm.data.files.numpy;
