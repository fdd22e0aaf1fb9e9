package org.evonorm.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.spark.package$;

/** The versions that a run records: of this program, of its engines' libraries, of Spark and of Java. */
public final class Versions {

    private Versions() {}

    /** The versions by name: {@code evonorm}, {@code spark}, {@code java}. */
    public static Map<String, String> all() {
        Map<String, String> versions = new TreeMap<>();
        versions.put("evonorm", built("version"));
        versions.put("spark", package$.MODULE$.SPARK_VERSION());
        versions.put("java", Runtime.version().toString());
        return versions;
    }

    /** An engine with the versions of the libraries that compute for it, as in {@code cpu: oneDNN 3.11, LLVM 20.1}. */
    public static String of(EngineName engine) {
        String libraries = switch (engine) {
            case CPU -> "oneDNN " + built("onednn") + ", LLVM " + built("llvm");
            case DL4J -> "Deeplearning4j " + built("dl4j");
        };
        return engine.text() + ": " + libraries;
    }

    /** A version that the build writes into a resource. */
    private static String built(String name) {
        try (InputStream in = Versions.class.getResourceAsStream("/evonorm.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
