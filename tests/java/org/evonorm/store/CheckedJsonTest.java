package org.evonorm.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Reasons why a text is no record, which stand in sentences to users. */
class CheckedJsonTest {

    private static final Pattern PROSE_OF_A_LIBRARY =
            Pattern.compile("`|JsonToken|Cannot|Unexpected|Unrecognized|[Cc]oerc|Creator|java\\.|org\\.|Config|enable");

    private static String reason(String json) {
        return assertThrows(IOException.class, () -> StoreTexts.readCommitRecord(json), () -> json)
                .getMessage();
    }

    private static String with(String whole, String altered) {
        String record = StoreTexts.commitRecord();
        assertFalse(record.replaceFirst(whole, altered).equals(record), whole);
        return record.replaceFirst(whole, altered);
    }

    @Test
    void theFieldThatIsWrongIsNamed() {
        assertEquals("its field format is missing or is not a whole number", reason("{}"));
        String generation = "its field generation is missing or is not a whole number";
        for (String value : List.of("1.5", "null", "true", "\"3\"", "[]", "{}", "99999999999", "9".repeat(40))) {
            assertEquals(generation, reason(with("\"generation\" : 3", "\"generation\" : " + value)), value);
        }
        assertEquals(
                "its field tables.candidates[0].rows is missing or is not a whole number",
                reason(with("\"rows\" : 500", "\"rows\" : 1e400")));
        assertEquals(
                "its field tables.candidates[0].path is missing or is not a text",
                reason(with("\"path\" : \"[^\"]*\"", "\"path\" : 7")));
        assertEquals(
                "its field tables.candidates[0] is missing or is not an object",
                reason(with("\\[ \\{[^\\]]*\\]", "[ 7 ]")));
        assertEquals(
                "its field tables.candidates is missing or is not a list", reason(with("\\[ \\{[^\\]]*\\]", "\"\"")));
        assertEquals("its field tables is missing or is not an object", reason("{\"tables\" : []}"));
        assertEquals(
                "it has a field road, which no such record has",
                reason(with("\"crc32c\" : \"[^\"]*\"\n\\}", "\"road\" : 7\n}")));
        assertEquals(
                "it lists nothing in the place of a file of the table candidates",
                reason(with("\"path\" : \"[^\"]*\"", "\"path\" : null")));
    }

    @Test
    void aTextThatIsNoJsonIsToldAsSuch() {
        assertEquals("it is empty", reason(""));
        assertEquals("it is empty", reason(" \n"));
        assertEquals("it is empty", reason("null"));
        assertEquals("it is no JSON from line 1, column 2 on", reason("{"));
        for (String other : List.of("[]", "7", "\"x\"", "[".repeat(50_000), StoreTexts.commitRecord() + "{}")) {
            assertEquals("it is not one JSON object", reason(other));
        }
        assertEquals(
                "a number or a text in it is too long, or it is nested too deep",
                reason("{\"format\" : 1" + "0".repeat(2000) + "}"));
        assertEquals("its field format is missing or is not a whole number", reason("{\"format\" : ".repeat(50_000)));
    }

    @Test
    void aFieldIsQuotedShortAndWithoutControlCharacters() {
        String name = "\\u001b[31m" + "x".repeat(100_000);
        String reason =
                reason(with("\"candidates\" : \\[ \\{[^\\]]*\\]", "\"" + name.replace("\\", "\\\\") + "\" : 7"));
        assertEquals("its field tables.\\u{1b}[31m" + "x".repeat(74) + "… is missing or is not a list", reason);
    }

    /** Records with some characters altered, left out or put in. */
    @Test
    void noReasonIsALibrarysOwn() {
        SplittableRandom random = new SplittableRandom(8);
        String signs = "{}[]\":,.-0129eE \\n\\\\tnufx\u0000\u001b";
        for (int trial = 0; trial < 5_000; trial++) {
            StringBuilder record = new StringBuilder(StoreTexts.commitRecord());
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                int at = random.nextInt(record.length());
                char sign = signs.charAt(random.nextInt(signs.length()));
                switch (random.nextInt(3)) {
                    case 0 -> record.setCharAt(at, sign);
                    case 1 -> record.insert(at, sign);
                    default -> record.delete(at, Math.min(record.length(), at + random.nextInt(1, 60)));
                }
            }
            try {
                StoreTexts.readCommitRecord(record.toString());
            } catch (IOException e) {
                assertFalse(PROSE_OF_A_LIBRARY.matcher(e.getMessage()).find(), e.getMessage());
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            }
        }
    }
}
