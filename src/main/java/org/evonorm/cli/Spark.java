package org.evonorm.cli;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.sql.SparkSession;

/** Spark as commands use it. */
final class Spark {

    private static final String MASTER = "spark.master";

    private static final String EVERY_CORE = "local[*]";
    /** {@code local}, or with a number of cores or all of them, and maybe how often a task may fail. */
    private static final Pattern LOCAL = Pattern.compile("local(?:\\[\\s*([0-9]{1,9}|\\*)\\s*(?:,\\s*[0-9]+\\s*)?])?");

    private static final Pattern ELSEWHERE = Pattern.compile("(spark|k8s|mesos)://.+|yarn|local-cluster\\[.+]");

    private Spark() {}

    /**
     * A session inside the process, or the one that spark-submit has set up.
     *
     * @param master  where Spark runs; without it spark-submit's choice, else all cores of this machine
     * @param threads that a task uses
     * @throws IllegalArgumentException if this machine's cores are chosen and are fewer than {@code threads}, or
     *     {@code master} is nothing that Spark knows
     */
    static SparkSession session(String name, Optional<String> master, int threads) {
        // Whatever a cluster's defaults say: Kryo can make neither records nor ND4J's arrays.
        SparkSession.Builder builder =
                SparkSession.builder().appName(name).config("spark.serializer", JavaSerializer.class.getName());
        // Spark's notes on tasks are half a kilobyte each, 20,000 tasks a generation; unless told so, it throws none
        // away
        // before it has had 1,000 stages, which are fifty generations.
        byDefault(builder, "spark.ui.retainedStages", "100");
        byDefault(builder, "spark.ui.retainedTasks", "10000");
        master.ifPresent(builder::master);
        if (System.getProperty(MASTER) == null) {
            // Nothing but this process takes part: no ports to open to others, no pages to serve, few rows to shuffle.
            byDefault(builder, "spark.driver.host", "localhost");
            byDefault(builder, "spark.driver.bindAddress", "127.0.0.1");
            byDefault(builder, "spark.ui.enabled", "false");
            byDefault(builder, "spark.sql.shuffle.partitions", "4");
            byDefault(builder, "spark.task.cpus", Integer.toString(threads));
            String chosen = master.orElse(EVERY_CORE);
            requireCores(chosen, threads);
            builder.master(chosen);
        }
        return builder.getOrCreate();
    }

    /** Spark itself refuses these only once half of it has started, and in its own words. */
    private static void requireCores(String master, int threads) {
        Matcher local = LOCAL.matcher(master);
        if (!local.matches()) {
            if (ELSEWHERE.matcher(master).matches()) {
                return;
            }
            throw new IllegalArgumentException("--master must be local[N] for N cores of this machine, " + EVERY_CORE
                    + " for all or the address of a cluster, as spark://HOST:7077, not " + master);
        }
        String count = Objects.requireNonNullElse(local.group(1), "1");
        long cores = count.equals("*") ? Runtime.getRuntime().availableProcessors() : Long.parseLong(count);
        if (cores < 1) {
            throw new IllegalArgumentException("--master " + master + " has no core; give local[1] or more");
        }
        if (cores < threads) {
            throw new IllegalArgumentException("engine.threads = " + threads + " is more than the " + cores
                    + (cores == 1 ? " core" : " cores") + " of " + master + "; set it to at most " + cores
                    + (count.equals("*") ? "" : ", or give --master more cores"));
        }
    }

    /** Spark takes its settings from system properties as well; those that are given there stay. */
    private static void byDefault(SparkSession.Builder builder, String key, String value) {
        if (System.getProperty(key) == null) {
            builder.config(key, value);
        }
    }
}
