package org.evonorm.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;

/**
 * Hadoop's settings as tasks carry them. A process reads them once, however many tasks bring the same ones, for reading
 * them takes several times as long as all else that a task does with files.
 */
final class CarriedConfiguration implements Serializable {

    private static final Map<String, Configuration> READ = new ConcurrentHashMap<>();

    private final byte[] settings;
    private final String digest;

    CarriedConfiguration(Configuration configuration) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            configuration.write(new DataOutputStream(bytes));
            settings = bytes.toByteArray();
            digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** The settings, which all who carry the same ones share. */
    Configuration value() {
        return READ.computeIfAbsent(digest, unread -> {
            Configuration configuration = new Configuration(false);
            try {
                configuration.readFields(new DataInputStream(new ByteArrayInputStream(settings)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return configuration;
        });
    }
}
