package org.evonorm.graph;

import java.util.ArrayList;
import java.util.List;
import org.evonorm.text.Quotation;

/** The tokens of a formula, from left to right; {@link FormulaParser} reads them one by one. */
final class FormulaTokens {

    enum Kind {
        NAME,
        NUMBER,
        SIGN,
        END
    }

    /**
     * A word or sign of a formula.
     *
     * @param text   the characters in the formula; empty for the end
     * @param column the column of the first character, counted from 1
     */
    record Token(Kind kind, String text, int column) {

        boolean is(String sign) {
            return kind == Kind.SIGN && text.equals(sign);
        }

        /** The token as error messages call it. */
        String described() {
            return kind == Kind.END ? "the end of the formula" : Quotation.of(text);
        }
    }

    private static final String SIGNS = "+-*/(),=;|";

    private final String formula;
    private final List<Token> tokens = new ArrayList<>();
    private int position;

    FormulaTokens(String formula) {
        this.formula = formula;
        int at = 0;
        while (at < formula.length()) {
            at = Character.isWhitespace(formula.charAt(at)) ? at + 1 : readToken(at);
        }
        tokens.add(new Token(Kind.END, "", formula.length() + 1));
    }

    /** Adds the token that starts at index {@code start}; returns the index after the token. */
    private int readToken(int start) {
        char first = formula.charAt(start);
        Kind kind = isLetter(first) ? Kind.NAME : isDigit(first) ? Kind.NUMBER : Kind.SIGN;
        if (kind == Kind.SIGN && SIGNS.indexOf(first) < 0) {
            String found = new String(Character.toChars(formula.codePointAt(start)));
            throw new FormulaException(
                    formula,
                    start + 1,
                    "found " + Quotation.of(found) + ", which is no part of a formula"
                            + (first == '^'
                                    ? "; write powers as square(x) or x * x"
                                    : ", expected a name, a number or one of + - * / ( ) ,"));
        }
        int end = start + 1;
        while (kind != Kind.SIGN && end < formula.length() && continuesWord(formula.charAt(end))) {
            end++;
        }
        tokens.add(new Token(kind, formula.substring(start, end), start + 1));
        return end;
    }

    private static boolean continuesWord(char c) {
        return isLetter(c) || isDigit(c) || c == '.';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    Token peek() {
        return tokens.get(position);
    }

    /** Whether a name and an equals sign come next. */
    boolean startsBinding() {
        return peek().kind() == Kind.NAME && tokens.get(position + 1).is("=");
    }

    Token next() {
        Token token = peek();
        if (token.kind() != Kind.END) {
            position++;
        }
        return token;
    }

    /** Skips the sign if it comes next; returns whether it came. */
    boolean skip(String sign) {
        boolean found = peek().is(sign);
        if (found) {
            position++;
        }
        return found;
    }

    /** Skips the sign; throws if another token comes next. */
    void expect(String sign, String expected) {
        if (!skip(sign)) {
            throw unexpected(peek(), expected);
        }
    }

    FormulaException unexpected(Token found, String expected) {
        return problem(found, "found " + found.described() + ", expected " + expected);
    }

    FormulaException problem(Token at, String problem) {
        return new FormulaException(formula, at.column(), problem);
    }
}
