package org.evonorm.search;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.evonorm.store.RunFolder;
import org.evonorm.store.TableFrames;

/** The rows of a run's tables without the columns that differ from run to run: times, rates and hosts. */
public final class RepeatableRows {

    private RepeatableRows() {}

    /** The rows of all tables in a run's folder, on any file system. */
    public static List<String> in(SparkSession spark, String run) {
        return of(TableFrames.open(spark, RunFolder.at(run, spark.sparkContext().hadoopConfiguration())));
    }

    public static List<String> in(SparkSession spark, Path run) {
        return in(spark, run.toString());
    }

    public static List<String> of(TableFrames tables) {
        return Stream.of(tables.candidates(), tables.evaluations(), tables.selection())
                .flatMap(table -> of(table).stream())
                .toList();
    }

    /** The rows of one table or a part of it as JSON, in an order that depends on their values alone. */
    public static List<String> of(Dataset<Row> table) {
        String[] columns = Arrays.stream(table.columns())
                .filter(column ->
                        !column.endsWith("seconds") && !column.endsWith("per_second") && !column.equals("host"))
                .toArray(String[]::new);
        return table.selectExpr(columns).toJSON().collectAsList().stream()
                .sorted()
                .toList();
    }
}
