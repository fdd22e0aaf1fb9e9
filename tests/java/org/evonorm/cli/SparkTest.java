package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import scala.Option;

class SparkTest {

    private static final String SERIALIZER = "spark.serializer";

    private record Carried(int value) implements Serializable {}

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
