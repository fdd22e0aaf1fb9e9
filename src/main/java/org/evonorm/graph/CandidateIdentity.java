package org.evonorm.graph;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What makes a candidate the same as another (DESIGN section 2): it is trained once, however often it is proposed.
 *
 * @param id       names the candidate: 16 hexadecimal digits that its canonical form and affine determine
 * @param valueKey the key of the function it computes; candidates that share it are the same
 */
public record CandidateIdentity(String id, String valueKey) {

    private static final int DIGEST_BYTES = 8;

    /** The identity of {@code layer}. */
    public static CandidateIdentity of(Layer layer, ProbeFingerprint fingerprint) {
        CanonicalLayer canonical = CanonicalLayer.of(layer);
        return new CandidateIdentity(id(canonical), fingerprint.key(canonical));
    }

    /** The id alone. */
    public static String id(Layer layer) {
        return id(CanonicalLayer.of(layer));
    }

    private static String id(CanonicalLayer layer) {
        return digest(LayerJson.write(layer.layer()));
    }

    /** Whether both stand for one candidate. */
    public boolean sameCandidate(CandidateIdentity other) {
        return id.equals(other.id) || valueKey.equals(other.valueKey);
    }

    /** The first 16 hexadecimal digits of the text's SHA-256. */
    static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
