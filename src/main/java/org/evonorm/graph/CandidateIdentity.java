package org.evonorm.graph;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The identity of a candidate, by which a candidate is trained once, however often it is proposed (docs/design.md,
 * "Identity of a candidate").
 *
 * @param id       16 hexadecimal digits, determined by the canonical form and the affine
 * @param valueKey the key of the function that the candidate computes; candidates with equal keys are the same
 */
public record CandidateIdentity(String id, String valueKey) {

    private static final int DIGEST_BYTES = 8;

    /** The identity of {@code layer}. */
    public static CandidateIdentity of(Layer layer, ProbeFingerprint fingerprint) {
        CanonicalLayer canonical = CanonicalLayer.of(layer);
        return new CandidateIdentity(id(canonical), fingerprint.key(canonical));
    }

    /** The id of {@code layer} alone, which costs no evaluation. */
    public static String id(Layer layer) {
        return id(CanonicalLayer.of(layer));
    }

    private static String id(CanonicalLayer layer) {
        return digest(LayerJson.write(layer.layer()));
    }

    /** Whether both identities belong to the same candidate: equal ids or equal value keys. */
    public boolean sameCandidate(CandidateIdentity other) {
        return id.equals(other.id) || valueKey.equals(other.valueKey);
    }

    /** The first 16 hexadecimal digits of the SHA-256 of the text in UTF-8. */
    static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
