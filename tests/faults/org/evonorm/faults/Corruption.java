package org.evonorm.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Ways in which a file comes to harm, on a disk or by people. */
enum Corruption {
    /** One byte has another value. */
    BYTE {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
        }
    },
    CUT_SHORT {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, bytes.length == 0 ? 0 : random.nextInt(bytes.length)));
        }
    },
    LONGER {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
            Files.write(file, longer);
        }
    },
    EMPTY {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            Files.write(file, new byte[0]);
        }
    },
    NOISE {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            byte[] bytes = new byte[1 + random.nextInt(500)];
            random.nextBytes(bytes);
            Files.write(file, bytes);
        }
    },
    /** Well formed, but with other content: {@link OtherValues}. */
    OTHER_VALUES {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            OtherValues.write(file, random);
        }
    },
    OTHER_JSON {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            List<String> texts = List.of("null", "[]", "{}", "{\"value\": null}", "{\"generation\": [0]}", "7");
            Files.writeString(file, texts.get(random.nextInt(texts.size())));
        }
    },
    /** Two files of a kind change places. */
    SWAPPED {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            byte[] bytes = Files.readAllBytes(other);
            Files.copy(file, other, StandardCopyOption.REPLACE_EXISTING);
            Files.write(file, bytes);
        }
    },
    MISSING {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            Files.delete(file);
        }
    },
    FOLDER {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            Files.delete(file);
            Files.createDirectory(file);
            if (random.nextBoolean()) {
                Files.writeString(file.resolve("notes.txt"), "mine");
            }
        }
    },
    DANGLING_LINK {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            Files.delete(file);
            Files.createSymbolicLink(file, Path.of("nowhere"));
        }
    },
    /** A link to the intact file elsewhere, as people make it who move files to a larger disk. */
    LINK {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            Path moved = file.resolveSibling("." + file.getFileName() + ".moved");
            Files.move(file, moved);
            Files.createSymbolicLink(file, moved.getFileName());
        }
    },
    /** A file or folder beside it that does not belong to the run. */
    STRAY {
        @Override
        void apply(Path file, Path other, Random random) throws IOException {
            String name = file.getFileName().toString();
            List<String> names = List.of(
                    "notes.txt",
                    ".DS_Store",
                    "copy of " + name,
                    name + ".bak",
                    name.replaceAll("\\d+", "77"),
                    name.replaceAll("\\d+", "99999999999"),
                    name + "~");
            Path stray = file.resolveSibling(names.get(random.nextInt(names.size())));
            if (Files.exists(stray)) {
                return;
            }
            if (random.nextInt(3) == 0) {
                Files.createDirectory(stray);
            } else if (random.nextBoolean()) {
                Files.copy(file, stray);
            } else {
                Files.write(stray, "mine\n".getBytes(StandardCharsets.UTF_8));
            }
        }
    };

    /**
     * Harms a file.
     *
     * @param other another file of the same kind
     */
    abstract void apply(Path file, Path other, Random random) throws IOException;
}
