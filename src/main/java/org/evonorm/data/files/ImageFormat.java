package org.evonorm.data.files;

/** The kind of a source of images in files. */
public enum ImageFormat {
    /** The binary version of CIFAR-10 or CIFAR-100, in a folder or a .tar.gz on the driver's machine. */
    CIFAR,
    /** Image files in a folder per class. */
    FOLDER,
    /** Arrays of NumPy. */
    NUMPY,
    /** Parquet files with encoded images, or the ones that evonorm writes. */
    PARQUET;

    /** Whether executors read the files themselves, in parts; otherwise the driver reads them as a whole. */
    public boolean isReadByExecutors() {
        return this != CIFAR;
    }
}
