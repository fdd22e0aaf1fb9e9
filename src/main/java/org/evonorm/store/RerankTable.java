package org.evonorm.store;

import static org.apache.spark.sql.functions.col;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The table of a run's reranks, in the folder {@code rerank}: one row per training. The table only grows, one file at a
 * time. A file appears whole or not at all, so that every file counts. Each row has the settings of its training, so
 * that the table takes reranks with different settings.
 */
public final class RerankTable {

    private static final String FOLDER = "rerank";
    private static final Pattern BATCH = Pattern.compile("batch-(\\d{1,9})\\.parquet");

    private static final StructType SCHEMA = new StructType(new StructField[] {
        Table.required("id", DataTypes.StringType),
        Table.optional("name", DataTypes.StringType),
        Table.required("graph", DataTypes.StringType),
        Table.required("formula", DataTypes.StringType),
        Table.required("network", DataTypes.StringType),
        Table.required("scored_on", DataTypes.StringType),
        Table.required("training", DataTypes.IntegerType),
        Table.required("accuracy", DataTypes.DoubleType),
        Table.required("loss", DataTypes.DoubleType),
        Table.required("steps", DataTypes.IntegerType),
        Table.required("diverged", DataTypes.BooleanType),
        Table.required("curve", Table.curve()),
        Table.required("seed", DataTypes.LongType),
        Table.required("settings", DataTypes.StringType),
        Table.required("engine", DataTypes.StringType),
        Table.required("seconds", DataTypes.DoubleType),
        Table.required("images_per_second", DataTypes.DoubleType),
        Table.required("host", DataTypes.StringType),
    });

    private final SparkSession spark;
    private final RunFolder folder;

    /** The table of the run in {@code folder}; it is empty before the first rerank. */
    public RerankTable(SparkSession spark, RunFolder folder) {
        this.spark = spark;
        this.folder = folder;
    }

    /**
     * All rows.
     *
     * @throws StoreException if the folder cannot be listed
     */
    public Dataset<Row> rows() {
        String[] files =
                batches().stream().map(file -> file.getPath().toString()).toArray(String[]::new);
        return files.length == 0
                ? spark.createDataFrame(List.of(), SCHEMA)
                : spark.read().schema(SCHEMA).parquet(files);
    }

    /**
     * The scores of all trainings.
     *
     * @throws StoreException if the folder cannot be listed
     */
    public List<RerankRow.Score> scores() {
        return rows().select("id", "network", "scored_on", "training", "settings", "accuracy").collectAsList().stream()
                .map(RerankRow::score)
                .toList();
    }

    /**
     * Adds rows as one file, all or none.
     *
     * @throws StoreException if the lease was taken over, or the folder cannot be written
     */
    public void append(List<RerankRow> rows, RunLease lease) {
        int number = 1 + batches().stream().mapToInt(RerankTable::number).max().orElse(0);
        Path attempt = new Path(lease.attempt(), FOLDER);
        spark.createDataFrame(rows.stream().map(RerankRow::toRow).toList(), SCHEMA)
                .repartition(1)
                .sortWithinPartitions(col("scored_on"), col("training"), col("id"), col("network"))
                .write()
                .mode(SaveMode.Overwrite)
                .parquet(attempt.toString());
        try {
            Path written = folder.list(attempt).get(0).getPath();
            lease.publish(written, folder.path(String.format(Locale.ROOT, "%s/batch-%05d.parquet", FOLDER, number)));
        } catch (IOException e) {
            throw new StoreException(RunFolder.show(attempt) + " cannot be listed: " + RunFolder.message(e), e);
        } finally {
            folder.discard(lease.attempt());
        }
    }

    private List<FileStatus> batches() {
        try {
            return folder.list(FOLDER).stream().filter(file -> number(file) > 0).toList();
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new StoreException(
                    "the folder " + FOLDER + " in " + folder + " cannot be listed: " + e.getMessage(), e);
        }
    }

    /** The number in the name of a batch file; 0 for any other file. */
    private static int number(FileStatus file) {
        Matcher name = BATCH.matcher(file.getPath().getName());
        return name.matches() ? Integer.parseInt(name.group(1)) : 0;
    }
}
