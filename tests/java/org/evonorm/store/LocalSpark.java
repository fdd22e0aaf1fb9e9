package org.evonorm.store;

import org.apache.spark.sql.SparkSession;
import scala.Option;

/** A local Spark session for tests; a JVM has at most one Spark context at a time. */
public final class LocalSpark {

    private LocalSpark() {}

    /** A session with {@code cores} cores; the running session, if it has as many. */
    public static SparkSession session(int cores) {
        return session("local[" + cores + "]", cores);
    }

    /** As {@link #session(int)}, with at most {@code attempts} attempts per failing task. */
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
                // Compiling a query takes longer than running it on a few rows.
                .config("spark.sql.codegen.wholeStage", "false")
                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .config("spark.sql.adaptive.enabled", "false")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.log.level", "ERROR")
                .getOrCreate();
    }
}
