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
 * Hadoop's configuration in a serializable form, for Spark tasks. Each process deserializes equal configurations once,
 * since this takes several times as long as all other file operations of a task.
 */
final class SerializableConfiguration implements Serializable {

    private static final Map<String, Configuration> READ = new ConcurrentHashMap<>();

    private final byte[] settings;
    private final String digest;

    SerializableConfiguration(Configuration configuration) {
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

    /** The configuration; all instances with equal settings share one object. */
    Configuration value() {
        return READ.computeIfAbsent(digest, key -> {
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
