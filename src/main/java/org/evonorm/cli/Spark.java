package org.evonorm.cli;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.sql.SparkSession;

/** The Spark session of a command. */
final class Spark {

    private static final String MASTER = "spark.master";

    private static final String EVERY_CORE = "local[*]";
    /** {@code local}, with an optional number of cores (or {@code *} for all) and number of failures of a task. */
    private static final Pattern LOCAL = Pattern.compile("local(?:\\[\\s*([0-9]{1,9}|\\*)\\s*(?:,\\s*[0-9]+\\s*)?])?");

    private static final Pattern ELSEWHERE = Pattern.compile("(spark|k8s|mesos)://.+|yarn|local-cluster\\[.+]");

    /** Parts of Spark that log the failure of a task, each with the whole trace. */
    private static final List<String> TOLD_BY_COMMAND = List.of(
            "org.apache.spark.executor.Executor",
            "org.apache.spark.scheduler.TaskSetManager",
            "org.apache.spark.scheduler.TaskSchedulerImpl",
            "org.apache.spark.sql.execution.datasources.FileFormatWriter",
            "org.apache.spark.storage.DiskBlockObjectWriter",
            "org.apache.spark.util.Utils",
            // Closes files of tasks that a deadline ends.
            "org.sparkproject.guava.io.Closeables");

    private Spark() {}

    /**
     * A session inside the process, or the session that spark-submit has set up.
     *
     * @param name    name of the application
     * @param master  Spark's master; without it spark-submit's choice, or else all cores of this machine
     * @param threads threads of a task
     * @throws IllegalArgumentException if Spark runs on this machine with fewer cores than {@code threads}, or does not
     *     know {@code master}
     */
    static SparkSession session(String name, Optional<String> master, int threads) {
        String chosen = master.orElse(EVERY_CORE);
        boolean alone = System.getProperty(MASTER) == null;
        if (alone) {
            requireCores(chosen, threads);
        }
        Machine.prepare(alone);
        // Overrides the defaults of a cluster, since Kryo can make neither records nor ND4J's arrays.
        SparkSession.Builder builder =
                SparkSession.builder().appName(name).config("spark.serializer", JavaSerializer.class.getName());
        // Spark's records of tasks are half a kilobyte each, 20,000 tasks per generation. By default it discards none
        // before it has had 1,000 stages, which are fifty generations.
        byDefault(builder, "spark.ui.retainedStages", "100");
        byDefault(builder, "spark.ui.retainedTasks", "10000");
        // By default Spark names metrics after the application's id, and every start would begin series of its own.
        byDefault(builder, "spark.metrics.namespace", "evonorm");
        master.ifPresent(builder::master);
        if (alone) {
            // This process works alone: it opens no ports to others, serves no pages and shuffles few rows.
            byDefault(builder, "spark.driver.host", "localhost");
            byDefault(builder, "spark.driver.bindAddress", "127.0.0.1");
            byDefault(builder, "spark.ui.enabled", "false");
            byDefault(builder, "spark.sql.shuffle.partitions", "4");
            byDefault(builder, "spark.task.cpus", Integer.toString(threads));
            builder.master(chosen);
            if (LOCAL.matcher(chosen).matches() && Verbosity.chosen() != Verbosity.VERBOSE) {
                // A task that fails here is not tried again, so that the command itself says why it failed; a task that
                // a deadline ends has not failed at all.
                TOLD_BY_COMMAND.forEach(logger -> Configurator.setLevel(logger, Level.OFF));
            }
        }
        // Steps of running trainings reach the driver by heartbeats. An executor still bears ten minutes of failed
        // ones, as by Spark's defaults.
        byDefault(builder, "spark.executor.heartbeatInterval", "3s");
        byDefault(builder, "spark.executor.heartbeat.maxFailures", "200");
        return Progress.during("starting Spark", builder::getOrCreate);
    }

    /**
     * The number of trainings that run at once on this machine; 0 on a cluster, whose machines have their own memory.
     */
    static int trainingsAtOnce(Optional<String> master, int threads) {
        String chosen = master.orElse(System.getProperty(MASTER, EVERY_CORE));
        Matcher local = LOCAL.matcher(chosen);
        if (!local.matches()) {
            return 0;
        }
        requireCores(chosen, threads);
        return Math.max(1, cores(local) / threads);
    }

    /** The number of cores of a local master. */
    private static int cores(Matcher local) {
        String count = Objects.requireNonNullElse(local.group(1), "1");
        return count.equals("*") ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(count);
    }

    /** Refuses a master that Spark would refuse too, but only after half of its start, and with a worse message. */
    private static void requireCores(String master, int threads) {
        Matcher local = LOCAL.matcher(master);
        if (!local.matches()) {
            if (ELSEWHERE.matcher(master).matches()) {
                return;
            }
            throw new IllegalArgumentException("--master must be local[N] for N cores of this machine, " + EVERY_CORE
                    + " for all or the address of a cluster, as spark://HOST:7077, not " + master);
        }
        int cores = cores(local);
        if (cores < 1) {
            throw new IllegalArgumentException("--master " + master + " has no core; give local[1] or more");
        }
        if (cores > Machine.mostThreads()) {
            throw new IllegalArgumentException("--master " + master + " has more threads than the "
                    + Machine.mostThreads() + " that suit this machine; give local[*] for one per core");
        }
        if (cores < threads) {
            throw new IllegalArgumentException("engine.threads = " + threads + " is more than the " + cores
                    + (cores == 1 ? " core" : " cores") + " of " + master + "; set it to at most " + cores
                    + ("*".equals(local.group(1)) ? "" : ", or give --master more cores"));
        }
    }

    /** Sets a key of Spark, unless a system property gives it. */
    private static void byDefault(SparkSession.Builder builder, String key, String value) {
        if (System.getProperty(key) == null) {
            builder.config(key, value);
        }
    }
}
