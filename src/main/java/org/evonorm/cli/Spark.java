package org.evonorm.cli;

import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Spark as commands use it. */
final class Spark {

    private static final String MASTER = "spark.master";

    private Spark() {}

    /**
     * A session inside the process, or the one that spark-submit has set up.
     *
     * @param master  where Spark runs; without it spark-submit's choice, else all cores of this machine
     * @param threads that a task uses
     */
    static SparkSession session(String name, Optional<String> master, int threads) {
        SparkSession.Builder builder = SparkSession.builder().appName(name);
        master.ifPresent(builder::master);
        if (System.getProperty(MASTER) == null) {
            // Nothing but this process takes part: no ports to open to others, no pages to serve, few rows to shuffle.
            byDefault(builder, "spark.driver.host", "localhost");
            byDefault(builder, "spark.driver.bindAddress", "127.0.0.1");
            byDefault(builder, "spark.ui.enabled", "false");
            byDefault(builder, "spark.sql.shuffle.partitions", "4");
            byDefault(builder, "spark.task.cpus", Integer.toString(threads));
            if (master.isEmpty()) {
                builder.master("local[*]");
            }
        }
        return builder.getOrCreate();
    }

    /** Spark takes its settings from system properties as well; those that are given there stay. */
    private static void byDefault(SparkSession.Builder builder, String key, String value) {
        if (System.getProperty(key) == null) {
            builder.config(key, value);
        }
    }
}
