package org.evonorm.store;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The table of a calibration, in the folder {@code calibration}: one row per training. The table only grows, by a batch
 * of trainings at a time. Each row has the settings of its training, so that rungs may come and go.
 */
public final class CalibrationTable {

    private static final String NAME = "calibration";

    private static final Column[] ORDER = {
        col("part"), col("settings"), col("training"), col("id"), col("network"),
    };

    /** The one table of a calibration. */
    enum Trainings implements BatchTable {
        TABLE;

        private static final StructType SCHEMA = new StructType(new StructField[] {
            Table.required("id", DataTypes.StringType),
            Table.optional("name", DataTypes.StringType),
            Table.required("graph", DataTypes.StringType),
            Table.required("formula", DataTypes.StringType),
            Table.required("part", DataTypes.StringType),
            Table.required("network", DataTypes.StringType),
            Table.required("training", DataTypes.IntegerType),
            Table.required("accuracy", DataTypes.DoubleType),
            Table.required("loss", DataTypes.DoubleType),
            Table.required("steps", DataTypes.IntegerType),
            Table.required("diverged", DataTypes.BooleanType),
            Table.required("curve", Table.curve()),
            Table.optional("failure", DataTypes.StringType),
            Table.required("seed", DataTypes.LongType),
            Table.required("settings", DataTypes.StringType),
            Table.required("engine", DataTypes.StringType),
            Table.required("seconds", DataTypes.DoubleType),
            Table.required("processor_seconds", DataTypes.DoubleType),
            Table.required("images_per_second", DataTypes.DoubleType),
            Table.required("host", DataTypes.StringType),
        });
        private static final ParquetSchema PARQUET = ParquetSchema.of(SCHEMA);

        @Override
        public String folder() {
            return NAME;
        }

        @Override
        public StructType schema() {
            return SCHEMA;
        }

        @Override
        public ParquetSchema parquet() {
            return PARQUET;
        }
    }

    private final Batches batches;

    /** The table of the calibration in {@code folder}; it is empty at first. */
    public CalibrationTable(RunFolder folder) {
        this.batches = new Batches(folder, NAME, List.of(Trainings.values()));
    }

    /**
     * The scores of all trainings.
     *
     * @throws StoreException if a batch or its record is missing, damaged or altered
     */
    public List<CalibrationRow.Score> scores() {
        List<CalibrationRow.Score> scores = new ArrayList<>();
        files().forEach(file -> file.read(CalibrationRow.SCORE, row -> scores.add(CalibrationRow.score(row))));
        return scores;
    }

    List<TableFile> files() {
        return batches.read(List.of()).stream()
                .flatMap(batch -> batch.files(Trainings.TABLE))
                .toList();
    }

    /**
     * Deletes files that no record lists, which calibrations leave that died in the middle of a batch.
     *
     * @throws StoreException if a record is damaged, or a file cannot be deleted
     */
    public void sweep() {
        batches.sweep();
    }

    /**
     * Adds a batch, whole or not at all.
     *
     * @throws StoreException if the lease was taken over, or the folder cannot be written
     */
    public void append(SparkSession spark, List<CalibrationRow> rows, RunLease lease) {
        batches.append(
                spark,
                lease,
                1 + batches.read(List.of()).size(),
                Map.of(Trainings.TABLE, rows.stream().map(CalibrationRow::toRow).toList()),
                ORDER);
    }
}
