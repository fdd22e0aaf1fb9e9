package org.evonorm.store;

import org.apache.spark.sql.SparkSession;
import scala.Option;

/** Spark inside the tests' JVM; a JVM holds one context at a time. */
public final class LocalSpark {

    private LocalSpark() {}

    /** A session with this many cores: the one that runs, if it has as many. */
    public static SparkSession session(int cores) {
        return session("local[" + cores + "]", cores);
    }

    /** As the other, where a task that fails is tried again, so that it fails {@code attempts} times at most. */
    public static SparkSession session(int cores, int attempts) {
        return session("local[" + cores + "," + attempts + "]", cores);
    }

    private static SparkSession session(String master, int cores) {
        Option<SparkSession> running = SparkSession.getDefaultSession();
        if (running.isDefined() && !running.get().sparkContext().master().equals(master)) {
            running.get().stop();
        }
        return SparkSession.builder()
                .master(master)
                .appName("tests")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", cores)
                // Compiling queries costs more than they do on a few rows.
                .config("spark.sql.codegen.wholeStage", "false")
                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .config("spark.sql.adaptive.enabled", "false")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.log.level", "ERROR")
                .getOrCreate();
    }
}
