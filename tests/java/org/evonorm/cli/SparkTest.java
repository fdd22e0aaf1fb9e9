package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.codahale.metrics.MetricRegistry;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.metrics.source.Source;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import scala.Option;

class SparkTest {

    private static final String SERIALIZER = "spark.serializer";

    private record Carried(int value) implements Serializable {}

    /** Without this, every start makes other series of the same metrics. */
    @Test
    void metricsKeepTheirNamesFromStartToStart() {
        Option<SparkSession> running = SparkSession.getDefaultSession();
        if (running.isDefined()) {
            running.get().stop();
        }
        try (SparkSession session = Spark.session("tests", Optional.of("local[1]"), 1)) {
            assertTrue(session.sparkContext().uiWebUrl().isEmpty());
            TestSource source = new TestSource();
            assertEquals(
                    "evonorm.driver.tests",
                    session.sparkContext().env().metricsSystem().buildRegistryName(source));
        }
    }

    private static final class TestSource implements Source {
        @Override
        public String sourceName() {
            return "tests";
        }

        @Override
        public MetricRegistry metricRegistry() {
            return new MetricRegistry();
        }
    }

    @Test
    void recordsGoBetweenTasksWhateverTheClusterSerializesBy() {
        Option<SparkSession> running = SparkSession.getDefaultSession();
        if (running.isDefined()) {
            running.get().stop();
        }
        System.setProperty(SERIALIZER, "org.apache.spark.serializer.KryoSerializer");
        try (SparkSession session = Spark.session("tests", Optional.of("local[1]"), 1)) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            Carried seven = new Carried(7);
            assertEquals(
                    List.of(seven),
                    spark.parallelize(List.of(spark.broadcast(seven).value()), 1)
                            .repartition(2)
                            .collect());
        } finally {
            System.clearProperty(SERIALIZER);
        }
    }
}
