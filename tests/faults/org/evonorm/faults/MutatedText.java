package org.evonorm.faults;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Texts that are nearly right: mutations of right ones. A parser meets its hard cases there, and not in noise, which it
 * refuses at the first character.
 */
final class MutatedText {

    /** Parts of all grammars, and characters and numbers that programs stumble over. */
    private static final List<String> PARTS = List.of(
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            ";",
            "=",
            "|",
            "\"",
            "\\",
            "/",
            "-",
            "+",
            "*",
            ".",
            "#",
            "//",
            "${search.run}",
            "${",
            "\"\"\"",
            "include ",
            "null",
            "true",
            "NaN",
            "-0",
            "1e308",
            "2147483648",
            "-9223372036854775809",
            "99999999999999999999",
            "0x1p3",
            "max(x, v0)",
            "std_bwh(x)",
            "x",
            "v1",
            "| no affine",
            "\"over\":\"wh\"",
            "\"in\":[4]",
            "\0",
            "\n",
            "\t",
            "\u001b[2J",
            "\ud800",
            "\udc00",
            "\ufeff",
            "\u202e",
            "é",
            "😀",
            "\\u0000",
            "\\ud800",
            "search.",
            "training{",
            "crc32c",
            "../",
            "generation=3/");

    /** Openings that are repeated up to beyond the limits of parsers. */
    private static final List<String> NESTS = List.of("(", "[", "{\"a\":", "-", "tanh(", "{a:", "x+(", "a.", "[{");

    private static final int MOST_NESTED = 600;
    private static final int LONGEST = 20_000;

    private final List<String> seeds;
    private final SplittableRandom random;

    MutatedText(List<String> seeds, SplittableRandom random) {
        this.seeds = seeds;
        this.random = random;
    }

    String next() {
        StringBuilder text = new StringBuilder(pick(seeds));
        int mutations = 1 + random.nextInt(random.nextInt(6) == 0 ? 30 : 4);
        for (int i = 0; i < mutations && text.length() < LONGEST; i++) {
            mutate(text);
        }
        return text.toString();
    }

    private void mutate(StringBuilder text) {
        int at = random.nextInt(text.length() + 1);
        int end = at + random.nextInt(1 + Math.min(40, text.length() - at));
        switch (random.nextInt(8)) {
            case 0 -> text.delete(at, end);
            case 1 -> text.insert(at, text.substring(at, end));
            case 2, 3 -> text.insert(at, pick(PARTS));
            case 4 -> text.replace(at, end, pick(PARTS));
            case 5 -> {
                String other = pick(seeds);
                text.replace(at, text.length(), other.substring(random.nextInt(other.length() + 1)));
            }
            case 6 -> {
                if (at < text.length()) {
                    // A flipped bit.
                    text.setCharAt(at, (char)
                            (text.charAt(at) ^ (1 << random.nextInt(random.nextInt(4) == 0 ? 16 : 7))));
                }
            }
            default -> {
                if (random.nextInt(20) == 0) {
                    text.insert(at, pick(NESTS).repeat(random.nextInt(MOST_NESTED)));
                } else {
                    text.insert(at, (char) random.nextInt(0x10000));
                }
            }
        }
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
