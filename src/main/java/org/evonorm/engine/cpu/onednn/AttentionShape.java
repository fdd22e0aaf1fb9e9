package org.evonorm.engine.cpu.onednn;

import org.evonorm.network.Shape;

/**
 * The sizes of multi-head attention over one sample. The input is [tokens, 3, heads, size]: queries, keys and values of
 * every token side by side. The output is [tokens, heads, size].
 *
 * @param tokens number of tokens of a sample
 * @param heads  number of heads
 * @param size   floats of a query, key or value of one head
 */
public record AttentionShape(int tokens, int heads, int size) {

    /** The sizes for an input of {@code 3 · heads · size} channels, whose pixels are the tokens. */
    public static AttentionShape of(Shape input, int heads) {
        return new AttentionShape(input.area(), heads, input.channels() / (3 * heads));
    }

    /** Floats of an output token; an input token has three times as many. */
    int width() {
        return heads * size;
    }

    /** Floats of the probabilities of one sample, [heads, tokens, tokens]. */
    public long probabilities() {
        return (long) heads * tokens * tokens;
    }

    /** Factor of the scores, which keeps their deviation from growing with the size: 1 / sqrt(size). */
    float factor() {
        return (float) (1 / Math.sqrt(size));
    }

    /** Queries, keys, values or outputs [samples, heads, tokens, size], in tokens of {@code tokenFloats} floats. */
    Matrices perToken(int samples, int tokenFloats) {
        return new Matrices(samples, heads, tokens, size, (long) tokens * tokenFloats, size, tokenFloats, 1);
    }

    /** Scores or probabilities [samples, heads, tokens, tokens]. */
    Matrices perPair(int samples) {
        return new Matrices(samples, heads, tokens, tokens, probabilities(), (long) tokens * tokens, tokens, 1);
    }
}
