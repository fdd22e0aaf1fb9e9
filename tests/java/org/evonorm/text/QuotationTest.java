package org.evonorm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QuotationTest {

    @Test
    void textIsQuotedOnOneLineWithoutControlCharacters() {
        assertEquals("'x + v0'", Quotation.of("  x + v0\n"));
        assertEquals("'a b'", Quotation.of("a\tb"));
        assertEquals("'\\u{1b}[31mred'", Quotation.of("\u001b[31mred"));
        assertEquals("'\\u{0}'", Quotation.of("\0"));
        assertEquals("'a\\u{202e}b'", Quotation.of("a\u202eb"));
        assertEquals("'\\u{d800}'", Quotation.of("\ud800"));
        assertEquals("'größer 😀'", Quotation.of("größer 😀"));
    }

    @Test
    void megabytesAreCut() {
        assertEquals("'" + "x".repeat(79) + "…'", Quotation.of("x".repeat(5_000_000)));
        assertEquals("'" + "x".repeat(80) + "'", Quotation.of("x".repeat(80)));
        assertEquals("'" + "😀".repeat(79) + "…'", Quotation.of("😀".repeat(500)));
    }

    @Test
    void aMessageKeepsItsLinesItsStartAndItsEnd() {
        assertEquals("wrong\n  x\n  ^", Quotation.message("wrong\r\n  x\n  ^"));
        String cut = Quotation.message("the start " + "x".repeat(1_000_000) + " the mend");
        assertTrue(cut.startsWith("the start x") && cut.endsWith("x the mend") && cut.length() < 2_100, cut);
    }

    @Test
    void noTextOfAnyKindReachesTheTerminalAsItIs() {
        SplittableRandom random = new SplittableRandom(1);
        for (int trial = 0; trial < 20_000; trial++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(200); i > 0; i--) {
                text.append((char) (random.nextInt(4) == 0 ? random.nextInt(0x10000) : random.nextInt(0x100)));
            }
            String shown = Quotation.of(text.toString());
            assertFalse(shown.chars().anyMatch(Character::isISOControl), shown);
            assertTrue(shown.length() <= 2 + 10 * Quotation.MOST, shown);
            assertEquals(text.length(), Quotation.line(text.toString()).length());
            assertFalse(Quotation.line(text.toString()).chars().anyMatch(Character::isISOControl));
            assertFalse(
                    Quotation.message(text.toString()).chars().anyMatch(c -> c != '\n' && Character.isISOControl(c)));
        }
    }
}
