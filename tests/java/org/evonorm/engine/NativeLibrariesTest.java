package org.evonorm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeLibrariesTest {

    @TempDir
    private Path root;

    private Path temporary;
    private Path home;

    @BeforeEach
    void makeFolders() throws IOException {
        temporary = Files.createDirectory(root.resolve("tmp"));
        home = Files.createDirectory(root.resolve("home"));
    }

    private Path inTemporary() {
        return NativeLibraries.folder(Path.of("?"), temporary, Optional.empty()).orElseThrow();
    }

    private static void allow(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private String refusal() {
        return assertThrows(IllegalStateException.class, this::inTemporary).getMessage();
    }

    @Test
    void aHomeOfTheUsersOwnIsTaken() {
        assertEquals(Optional.empty(), NativeLibraries.folder(home, temporary, Optional.empty()));
        assertEquals(0, temporary.toFile().list().length);
    }

    @Test
    void withoutAHomeAFolderForTheUserAloneIsMadeAndFoundAgain() throws IOException {
        allow(home, "rwxrwxrwx");
        for (Path noHome : new Path[] {Path.of("?"), Path.of("home"), root.resolve("nowhere"), home}) {
            Path folder =
                    NativeLibraries.folder(noHome, temporary, Optional.empty()).orElseThrow();
            assertEquals(temporary, folder.getParent());
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwx---", "rwxr-xrwx", "rwx----w-", "rwxrwxrwx"})
    void aFolderThatOthersCanWriteIsRefused(String permissions) throws IOException {
        Path folder = inTemporary();
        allow(folder, permissions);
        String message = refusal();
        assertTrue(message.contains(folder + ", which can be written by others (" + permissions + ")"), message);
        assertTrue(message.contains("-Dorg.bytedeco.javacpp.cachedir="), message);
        allow(folder, "rwxr-xr-x");
        assertEquals(folder, inTemporary());
    }

    @Test
    void aLinkIsRefusedEvenToAFolderOfTheUsersOwn() throws IOException {
        Path folder = inTemporary();
        Files.delete(folder);
        Files.createSymbolicLink(folder, home);
        assertTrue(refusal().contains(folder + ", which is a symbolic link"), refusal());
        Files.delete(folder);
        Files.createSymbolicLink(folder, root.resolve("nowhere"));
        assertTrue(refusal().contains(folder + ", which is a symbolic link"), refusal());
        Files.delete(folder);
        Files.createFile(folder);
        assertTrue(refusal().contains(folder + ", which is no folder"), refusal());
    }

    @Test
    void aFolderOfSomebodyElseIsRefused() throws IOException {
        Path folder = inTemporary();
        UserPrincipal nobody;
        try {
            nobody = folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
            Files.setOwner(folder, nobody);
        } catch (IOException e) {
            assumeTrue(false, "only root can give a folder away: " + e);
            return;
        }
        assertTrue(refusal().contains(folder + ", which belongs to nobody and not to "), refusal());
        // The home of somebody else is no home.
        Files.setOwner(home, nobody);
        assertThrows(IllegalStateException.class, () -> NativeLibraries.folder(home, temporary, Optional.empty()));
    }

    @Test
    void aTempDirectoryInWhichFoldersCanBeExchangedIsRefused() throws IOException {
        allow(temporary, "rwxrwxrwx");
        assertTrue(refusal().contains(temporary + ", which can be written by all and is not sticky"), refusal());
        Files.setAttribute(temporary, "unix:mode", 01777);
        assertEquals(temporary, inTemporary().getParent());
    }

    @Test
    void aGivenFolderIsCheckedToo() throws IOException {
        Optional<Path> given = Optional.of(root.resolve("given"));
        assertEquals(given, NativeLibraries.folder(home, temporary, given));
        allow(given.get(), "rwxrwxrwx");
        assertThrows(IllegalStateException.class, () -> NativeLibraries.folder(home, temporary, given));
        Optional<Path> impossible = Optional.of(root.resolve("no/such/folder"));
        String message = assertThrows(
                        UncheckedIOException.class, () -> NativeLibraries.folder(home, temporary, impossible))
                .getMessage();
        assertTrue(message.contains("no/such/folder"), message);
    }
}
