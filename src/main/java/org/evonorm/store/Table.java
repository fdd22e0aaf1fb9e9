package org.evonorm.store;

import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The tables of a run (docs/run-folder.md), each in a folder with one partition {@code generation=N} per generation.
 * Columns that end in {@code seconds} or {@code per_second}, and the column {@code host}, differ between runs with the
 * same settings; all other columns are the same, unless the search selects by measured times.
 */
public enum Table {

    /** One row per proposed layer. */
    CANDIDATES(
            new StructType(new StructField[] {
                required("index", DataTypes.IntegerType),
                required("id", DataTypes.StringType),
                optional("parent", DataTypes.StringType),
                optional("second_parent", DataTypes.StringType),
                required("origin", DataTypes.StringType),
                optional("name", DataTypes.StringType),
                required("graph", DataTypes.StringType),
                required("formula", DataTypes.StringType),
                required("nodes", DataTypes.IntegerType),
                optional("value_key", DataTypes.StringType),
                required("status", DataTypes.StringType),
                optional("reason", DataTypes.StringType),
                optional("duplicate_of", DataTypes.StringType),
                optional("signal_gradient", DataTypes.DoubleType),
                optional("signal_features", DataTypes.DoubleType),
                optional("signal_variation", DataTypes.DoubleType),
                optional("stability_steps", DataTypes.IntegerType),
                optional("stability_norm", DataTypes.DoubleType),
                optional("stopped_at", DataTypes.IntegerType),
                optional(ObjectiveValues.COLUMN, ObjectiveValues.type()),
                required("static_seconds", DataTypes.DoubleType),
                optional("signal_seconds", DataTypes.DoubleType),
                required("stability_seconds", DataTypes.DoubleType),
                required("quality_seconds", DataTypes.DoubleType),
                required("training_seconds", DataTypes.DoubleType),
            }),
            "index"),

    /** One row per training that ended. */
    EVALUATIONS(
            new StructType(new StructField[] {
                required("index", DataTypes.IntegerType),
                required("id", DataTypes.StringType),
                required("network_index", DataTypes.IntegerType),
                required("network", DataTypes.StringType),
                required("accuracy", DataTypes.DoubleType),
                required("loss", DataTypes.DoubleType),
                required("steps", DataTypes.IntegerType),
                required("diverged", DataTypes.BooleanType),
                required("curve", curve()),
                optional("hurdles", accuraciesBy("steps", DataTypes.IntegerType)),
                required("seed", DataTypes.LongType),
                required("engine", DataTypes.StringType),
                required("seconds", DataTypes.DoubleType),
                required("images_per_second", DataTypes.DoubleType),
                required("host", DataTypes.StringType),
            }),
            "index",
            "network_index"),

    /** One row per member of the window after the generation. */
    SELECTION(
            new StructType(new StructField[] {
                required("evaluated_in", DataTypes.IntegerType),
                required("index", DataTypes.IntegerType),
                required("id", DataTypes.StringType),
                required("accuracies", accuraciesBy("network", DataTypes.StringType)),
                required("mean_accuracy", DataTypes.DoubleType),
                optional("stopped_at", DataTypes.IntegerType),
                optional(
                        "earlier_hurdles",
                        DataTypes.createArrayType(
                                new StructType(new StructField[] {
                                    required("steps", DataTypes.IntegerType),
                                    required("accuracies", accuraciesBy("network", DataTypes.StringType)),
                                }),
                                false)),
                optional(ObjectiveValues.COLUMN, ObjectiveValues.type()),
                required("rank", DataTypes.IntegerType),
                required("on_front", DataTypes.BooleanType),
            }),
            "evaluated_in",
            "index");

    private final StructType schema;
    private final ParquetSchema parquet;
    private final String[] key;

    Table(StructType schema, String... key) {
        this.schema = schema;
        this.parquet = ParquetSchema.of(schema);
        this.key = key;
    }

    /** The columns of a generation's files. */
    public StructType schema() {
        return schema;
    }

    /** The same columns as Parquet has them. */
    ParquetSchema parquet() {
        return parquet;
    }

    /** The name of the table and of its folder. */
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The folder of one generation, relative to the run's folder. */
    String partition(int generation) {
        return folder() + "/generation=" + generation;
    }

    /** The columns that identify a row within a generation, and that rows are sorted by. */
    Column[] key() {
        return Stream.of(key).map(functions::col).toArray(Column[]::new);
    }

    /** The type of a column with a learning curve. */
    static DataType curve() {
        return DataTypes.createArrayType(
                new StructType(new StructField[] {
                    required("step", DataTypes.IntegerType),
                    required("training_loss", DataTypes.DoubleType),
                    required("accuracy", DataTypes.DoubleType),
                }),
                false);
    }

    /** The type of a column with accuracies, each beside what it was reached at. */
    private static DataType accuraciesBy(String name, DataType type) {
        return DataTypes.createArrayType(
                new StructType(new StructField[] {required(name, type), required("accuracy", DataTypes.DoubleType)}),
                false);
    }

    /** A column without nulls. */
    static StructField required(String name, DataType type) {
        return new StructField(name, type, false, Metadata.empty());
    }

    /** A column that may be null. */
    static StructField optional(String name, DataType type) {
        return new StructField(name, type, true, Metadata.empty());
    }
}
