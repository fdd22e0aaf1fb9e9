package org.evonorm.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.spark.package$;

/** What a run is made with. */
public final class Versions {

    private Versions() {}

    /** Versions of this program, Spark and Java by these names. */
    public static Map<String, String> all() {
        Map<String, String> versions = new TreeMap<>();
        versions.put("evonorm", project());
        versions.put("spark", package$.MODULE$.SPARK_VERSION());
        versions.put("java", Runtime.version().toString());
        return versions;
    }

    /** The build writes the version into this resource. */
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
