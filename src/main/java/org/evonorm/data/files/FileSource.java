package org.evonorm.data.files;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The reader of whole files from a folder or a .tar.gz, so that a data set can be given unpacked or as downloaded.
 * Files are found at the top or in one of some named folders.
 */
final class FileSource {

    /** Bytes, far more than in any file of CIFAR; guards the memory against other archives. */
    private static final long LARGEST_FILE = 1L << 29;

    private final Path path;
    private final Predicate<String> wanted;
    private final Map<String, byte[]> files = new HashMap<>();

    private FileSource(Path path, Predicate<String> wanted) {
        this.path = path;
        this.wanted = wanted;
    }

    /**
     * The contents of the wanted files, by file name without folder.
     *
     * @param path    a folder or a .tar.gz
     * @param folders folders inside {@code path} to search besides the top
     * @param wanted  whether a file of this name is wanted
     * @throws IllegalArgumentException if {@code path} does not exist, or if a wanted file is too large or found twice
     * @throws UncheckedIOException     if {@code path} cannot be read, or is a file and not a .tar.gz
     */
    static Map<String, byte[]> read(Path path, List<String> folders, Predicate<String> wanted) {
        FileSource source = new FileSource(path, wanted);
        if (Files.isDirectory(path)) {
            source.readFolder(path);
            folders.stream().map(path::resolve).filter(Files::isDirectory).forEach(source::readFolder);
        } else if (Files.isRegularFile(path)) {
            source.readArchive(folders);
        } else {
            throw new IllegalArgumentException("there is no file or folder " + path + "; correct the path");
        }
        return source.files;
    }

    private void readFolder(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.filter(Files::isRegularFile).toList()) {
                String name = entry.getFileName().toString();
                if (wanted.test(name)) {
                    requireSize(name, Files.size(entry));
                    put(name, Files.readAllBytes(entry));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the folder " + folder + " (" + e + "); check its permissions", e);
        }
    }

    private void readArchive(List<String> folders) {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(path));
                InputStream unzipped = new GZIPInputStream(file, 1 << 16);
                TarArchiveInputStream tar = new TarArchiveInputStream(unzipped)) {
            for (TarArchiveEntry entry = tar.getNextTarEntry(); entry != null; entry = tar.getNextTarEntry()) {
                String full = entry.getName().startsWith("./") ? entry.getName().substring(2) : entry.getName();
                int slash = full.lastIndexOf('/');
                boolean atKnownPlace = slash < 0 || folders.contains(full.substring(0, slash));
                String name = full.substring(slash + 1);
                if (entry.isFile() && atKnownPlace && wanted.test(name)) {
                    requireSize(name, entry.getSize());
                    put(name, tar.readAllBytes());
                }
            }
            // The checksum of gzip stands at the end of its stream, behind the end of the archive.
            unzipped.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read " + path + " as a .tar.gz ("
                            + (e instanceof EOFException
                                    ? "it is empty or cut short"
                                    : "it is damaged: " + e.getMessage())
                            + "); download it again or give the unpacked folder",
                    e);
        }
    }

    private void requireSize(String name, long bytes) {
        if (bytes > LARGEST_FILE) {
            throw new IllegalArgumentException(name + " in " + path + " has " + bytes + " bytes, more than the "
                    + LARGEST_FILE + " that a file of images may have; check that it is what its name says");
        }
    }

    private void put(String name, byte[] content) {
        if (files.put(name, content) != null) {
            throw new IllegalArgumentException(path + " holds " + name + " twice, at its top or in a folder; keep one");
        }
    }
}
