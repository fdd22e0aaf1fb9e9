package org.evonorm.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/**
 * The folder that JavaCPP unpacks native libraries into and loads them from. Whoever can write there runs code in this
 * process, so it is one that nobody else can have made or can write: by default a folder of the user's home. JavaCPP
 * itself takes a folder of the temp directory with a name that everybody can guess where there is no such home, as in
 * containers and on clusters, and loads what it finds in it.
 */
public final class NativeLibraries {

    private static final String FOLDER = "org.bytedeco.javacpp.cachedir";
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_ALL = 0002;

    private static boolean prepared;

    private NativeLibraries() {}

    /**
     * Chooses and checks the folder, once per process; to be called before any class of JavaCPP is used.
     *
     * @throws IllegalStateException if somebody else could have made the folder or can write it; the message names the
     *                               folder and the mend
     */
    public static synchronized void prepare() {
        if (!prepared && FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            folder(
                            Path.of(System.getProperty("user.home")),
                            Path.of(System.getProperty("java.io.tmpdir")),
                            Optional.ofNullable(System.getProperty(FOLDER)).map(Path::of))
                    .ifPresent(folder -> System.setProperty(FOLDER, folder.toString()));
        }
        prepared = true;
    }

    /**
     * The folder, made if it does not exist; empty for JavaCPP's own folder in the home.
     *
     * @param given the folder that the user chose
     */
    static Optional<Path> folder(Path home, Path temporary, Optional<Path> given) {
        try {
            UserPrincipal user = user(temporary);
            if (given.isEmpty() && isOwn(home, user)) {
                return Optional.empty();
            }
            if (given.isEmpty()) {
                requireSticky(temporary);
            }
            Path folder = given.orElseGet(
                    () -> temporary.resolve("evonorm-native-" + user.getName().replaceAll("[^A-Za-z0-9._-]", "_")));
            requireOwn(folder, user);
            return Optional.of(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot make the folder that native libraries are unpacked into (" + e + "); name one that can be"
                            + " made by -D" + FOLDER + "=FOLDER",
                    e);
        }
    }

    /** The user of this process, who owns what it makes. The system's name of the user may be missing or changed. */
    private static UserPrincipal user(Path temporary) throws IOException {
        Path file = Files.createTempFile(temporary, "evonorm-user", "");
        try {
            return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
        } finally {
            Files.delete(file);
        }
    }

    /** Whether the user's home is a folder in which only the user can make others. */
    private static boolean isOwn(Path home, UserPrincipal user) throws IOException {
        if (!home.isAbsolute() || !Files.isDirectory(home) || !Files.isWritable(home)) {
            return false;
        }
        PosixFileAttributes attributes = Files.readAttributes(home, PosixFileAttributes.class);
        return attributes.owner().equals(user) && !attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
    }

    private static void requireOwn(Path folder, UserPrincipal user) throws IOException {
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            PosixFileAttributes attributes =
                    Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isDirectory()) {
                throw refusal(folder, attributes.isSymbolicLink() ? "is a symbolic link" : "is no folder");
            }
            if (!attributes.owner().equals(user)) {
                throw refusal(folder, "belongs to " + attributes.owner() + " and not to " + user);
            }
            if (attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                    || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
                throw refusal(
                        folder,
                        "can be written by others (" + PosixFilePermissions.toString(attributes.permissions()) + ")");
            }
        }
    }

    /**
     * In a directory that all can write and that is not sticky, everybody can put another folder in the place of one.
     */
    private static void requireSticky(Path temporary) throws IOException {
        int mode = (Integer) Files.getAttribute(temporary, "unix:mode");
        if ((mode & WRITABLE_BY_ALL) != 0 && (mode & STICKY) == 0) {
            throw refusal(temporary, "can be written by all and is not sticky");
        }
    }

    private static IllegalStateException refusal(Path folder, String why) {
        return new IllegalStateException("native libraries are not loaded from " + folder + ", which " + why
                + ", since others could have put code there; remove it, or name a folder of your own by -D" + FOLDER
                + "=FOLDER (in EVONORM_JAVA_OPTS, or in spark.driver.extraJavaOptions and"
                + " spark.executor.extraJavaOptions)");
    }
}
