package org.evonorm.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.spark.package$;

/** The versions that a run records: of this program, Spark and Java. */
public final class Versions {

    private Versions() {}

    /** The versions by name: {@code evonorm}, {@code spark}, {@code java}. */
    public static Map<String, String> all() {
        Map<String, String> versions = new TreeMap<>();
        versions.put("evonorm", project());
        versions.put("spark", package$.MODULE$.SPARK_VERSION());
        versions.put("java", Runtime.version().toString());
        return versions;
    }

    /** The version of the project, which the build writes into a resource. */
    private static String project() {
        try (InputStream in = Versions.class.getResourceAsStream("/evonorm.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
