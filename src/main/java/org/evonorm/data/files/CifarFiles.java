package org.evonorm.data.files;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.Images;

/**
 * The images of CIFAR-10 or CIFAR-100 (Krizhevsky, 2009), read from the binary version; CIFAR-10 is the data set of the
 * paper's proxy task. A file is a sequence of records. A record has a label (CIFAR-100: a coarse label, then the fine
 * label, which is used) and 32×32 pixels as a red, a green and a blue plane.
 *
 * @param name {@code cifar10} or {@code cifar100}
 */
public record CifarFiles(String name, Images training, Images test) {

    private static final int SIZE = 32;
    /** Bytes per plane, which is the H×W map of one channel. */
    private static final int PLANE = SIZE * SIZE;
    /** Bytes per image. */
    private static final int IMAGE = PLANE * Images.CHANNELS;

    /**
     * The file names and record format of one of the two data sets.
     *
     * @param name     name of the data set
     * @param folder   folder in the distribution's archive
     * @param training names that training files may have
     * @param trainingFiles names of the distribution's training files, in order
     * @param test     name of the test file
     * @param labels   number of classes per label of a record; the last label is used
     */
    private record Version(
            String name,
            String folder,
            Pattern training,
            List<String> trainingFiles,
            String test,
            List<Integer> labels) {

        int recordSize() {
            return labels.size() + IMAGE;
        }

        boolean isTraining(String file) {
            return training.matcher(file).matches();
        }

        boolean owns(String file) {
            return isTraining(file) || test.equals(file);
        }
    }

    /** Training images per test image in CIFAR-10. */
    private static final int TRAINING_PER_TEST = 5;

    private static final Version CIFAR_10 = new Version(
            "cifar10",
            "cifar-10-batches-bin",
            Pattern.compile("data_batch_[1-9][0-9]{0,3}\\.bin"),
            IntStream.rangeClosed(1, 5)
                    .mapToObj(number -> "data_batch_" + number + ".bin")
                    .toList(),
            "test_batch.bin",
            List.of(10));
    private static final Version CIFAR_100 = new Version(
            "cifar100",
            "cifar-100-binary",
            Pattern.compile("train\\.bin"),
            List.of("train.bin"),
            "test.bin",
            List.of(20, 100));

    /**
     * The images in {@code data_batch_1.bin} to {@code data_batch_5.bin} and {@code test_batch.bin}, or in
     * {@code train.bin} and {@code test.bin}. A subset of CIFAR-10 with five training images per test image may have
     * fewer training files.
     *
     * @param path a folder or a .tar.gz; files are found at its top or in the distribution's own folder
     * @throws IllegalArgumentException     if files are missing or their content is wrong
     * @throws java.io.UncheckedIOException if files cannot be read
     */
    public static CifarFiles read(Path path) {
        Map<String, byte[]> files = FileSource.read(
                path, List.of(CIFAR_10.folder, CIFAR_100.folder), file -> CIFAR_10.owns(file) || CIFAR_100.owns(file));
        boolean ten = files.keySet().stream().anyMatch(CIFAR_10::owns);
        boolean hundred = files.keySet().stream().anyMatch(CIFAR_100::owns);
        if (ten && hundred) {
            throw new IllegalArgumentException(path + " holds both CIFAR-10 and CIFAR-100; give one of their folders");
        }
        if (!ten && !hundred) {
            throw new IllegalArgumentException(path + " holds neither data_batch_1.bin (CIFAR-10) nor train.bin"
                    + " (CIFAR-100); give the folder or the .tar.gz of the binary version,"
                    + " not the Python or MATLAB one");
        }
        Version version = ten ? CIFAR_10 : CIFAR_100;
        List<String> training = files.keySet().stream()
                .filter(version::isTraining)
                .sorted(Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()))
                .toList();
        if (!files.containsKey(version.test)) {
            throw missing(path, version.test);
        }
        Images test = decode(path, version, List.of(version.test), files);
        requireAll(path, version, training, files, test.count());
        return new CifarFiles(version.name, decode(path, version, training, files), test);
    }

    /** Whether a file or folder of this name is one of the distribution's. */
    static boolean isPart(String name) {
        return CIFAR_10.owns(name)
                || CIFAR_100.owns(name)
                || name.equals(CIFAR_10.folder)
                || name.equals(CIFAR_100.folder);
    }

    /** The images as a collection, which is in memory. */
    ImageCollection collection() {
        return new ImageCollection(name, training.classes(), List.of(), training, test);
    }

    /**
     * Refuses a folder that lacks training files. A subset may have fewer files than the distribution, numbered from 1
     * on, if it keeps the distribution's proportion of training images to test images.
     */
    private static void requireAll(
            Path path, Version version, List<String> training, Map<String, byte[]> files, int test) {
        for (int i = 0; i < training.size(); i++) {
            String expected =
                    i < version.trainingFiles.size() ? version.trainingFiles.get(i) : "data_batch_" + (i + 1) + ".bin";
            if (!training.get(i).equals(expected)) {
                throw missing(path, expected);
            }
        }
        if (training.size() < version.trainingFiles.size()) {
            int images = training.stream()
                    .mapToInt(name -> records(path, version, name, files.get(name).length))
                    .sum();
            if (training.isEmpty() || images != TRAINING_PER_TEST * (long) test) {
                throw missing(path, version.trainingFiles.get(training.size()));
            }
        }
    }

    private static IllegalArgumentException missing(Path path, String file) {
        return new IllegalArgumentException(
                path + " lacks " + file + "; unpack or download the whole binary version again");
    }

    /** The images of these files, in the order of the files. */
    private static Images decode(Path path, Version version, List<String> names, Map<String, byte[]> files) {
        int count = 0;
        for (String name : names) {
            count = Math.addExact(count, records(path, version, name, files.get(name).length));
        }
        byte[] pixels = new byte[Math.multiplyExact(count, IMAGE)];
        byte[] labels = new byte[count];
        int image = 0;
        for (String name : names) {
            byte[] bytes = files.get(name);
            for (int record = 0; record < bytes.length; record += version.recordSize()) {
                labels[image] = label(path, version, name, bytes, record);
                interleave(bytes, record + version.labels.size(), pixels, image * IMAGE);
                image++;
            }
        }
        return new Images(count, SIZE, SIZE, pixels, labels, version.labels.get(version.labels.size() - 1));
    }

    private static int records(Path path, Version version, String name, int bytes) {
        if (bytes == 0 || bytes % version.recordSize() != 0) {
            throw new IllegalArgumentException(name + " in " + path + " has " + bytes
                    + " bytes, which is not a whole number of " + version.recordSize()
                    + "-byte images; it is damaged: unpack or download it again");
        }
        return bytes / version.recordSize();
    }

    /** The last label of a record; all labels are checked. */
    private static byte label(Path path, Version version, String name, byte[] bytes, int record) {
        for (int i = 0; i < version.labels.size(); i++) {
            int label = Byte.toUnsignedInt(bytes[record + i]);
            if (label >= version.labels.get(i)) {
                throw new IllegalArgumentException("image " + record / version.recordSize() + " of " + name + " in "
                        + path + " has label " + label + ", above " + (version.labels.get(i) - 1)
                        + "; the file is damaged or of another data set: unpack or download it again");
            }
        }
        return bytes[record + version.labels.size() - 1];
    }

    /** Copies an image from three planes of one channel each (CHW) to pixels of three channels (HWC). */
    private static void interleave(byte[] planes, int from, byte[] pixels, int to) {
        for (int i = 0; i < PLANE; i++) {
            for (int channel = 0; channel < Images.CHANNELS; channel++) {
                pixels[to + i * Images.CHANNELS + channel] = planes[from + channel * PLANE + i];
            }
        }
    }
}
