package org.evonorm.cli;

import org.apache.hadoop.conf.Configuration;

/**
 * The configuration of Hadoop's file systems for commands that start no Spark: Hadoop's own files, and the system
 * properties that begin with {@code spark.hadoop.}, which Spark takes it from. Spark's own reader of them is not asked,
 * since it takes longer to come up than a small command.
 */
final class HadoopConfiguration {

    private static final String PREFIX = "spark.hadoop.";

    private HadoopConfiguration() {}

    static Configuration ofProperties() {
        Machine.nameUser(System.getProperty("user.name"));
        Configuration hadoop = new Configuration();
        for (String property : System.getProperties().stringPropertyNames()) {
            if (property.startsWith(PREFIX)) {
                hadoop.set(property.substring(PREFIX.length()), System.getProperty(property));
            }
        }
        return hadoop;
    }
}
