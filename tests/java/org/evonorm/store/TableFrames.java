package org.evonorm.store;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The tables of a run as data frames, for tests that look into them by queries, and see what any reader of Parquet
 * sees.
 *
 * @param tables the same tables as the program reads them
 */
public record TableFrames(SparkSession spark, RunFolder folder, RunTables tables) {

    /** The committed generations of a run. */
    public static TableFrames open(SparkSession spark, RunFolder folder) {
        return new TableFrames(spark, folder, RunTables.open(folder));
    }

    /** All rows of {@link Table#CANDIDATES}, with a column {@code generation}. */
    public Dataset<Row> candidates() {
        return read(Table.CANDIDATES);
    }

    /** All rows of {@link Table#EVALUATIONS}, with a column {@code generation}. */
    public Dataset<Row> evaluations() {
        return read(Table.EVALUATIONS);
    }

    /** All rows of {@link Table#SELECTION}, with a column {@code generation}. */
    public Dataset<Row> selection() {
        return read(Table.SELECTION);
    }

    /** All rows of the table of reranks. */
    public static Dataset<Row> rerank(SparkSession spark, RunFolder folder) {
        return rerank(spark, folder, RerankSchema.TRAININGS);
    }

    /** All rows of the table of failed trainings of reranks. */
    public static Dataset<Row> rerankFailures(SparkSession spark, RunFolder folder) {
        return rerank(spark, folder, RerankSchema.FAILURES);
    }

    private static Dataset<Row> rerank(SparkSession spark, RunFolder folder, RerankSchema table) {
        return read(
                spark,
                table.schema(),
                folder.path(table.folder()).toString(),
                new RerankTable(folder).files(table).stream());
    }

    private Dataset<Row> read(Table table) {
        StructType schema = table.schema().add("generation", DataTypes.IntegerType, false);
        return read(
                spark,
                schema,
                folder.path(table.folder()).toString(),
                tables.each().stream().flatMap(generation -> generation.files(table).stream()));
    }

    private static Dataset<Row> read(SparkSession spark, StructType schema, String base, Stream<TableFile> files) {
        String[] paths = files.map(file -> file.path().toString()).toArray(String[]::new);
        return paths.length == 0
                ? spark.createDataFrame(List.of(), schema)
                : spark.read()
                        .schema(schema)
                        .option("basePath", base)
                        // Spark's own key, by which paths are no patterns.
                        .option("__globPaths__", "false")
                        .parquet(paths);
    }
}
