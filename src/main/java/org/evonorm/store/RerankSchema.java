package org.evonorm.store;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The two tables of a run's reranks: of the trainings that ended, and of the ones that failed. */
enum RerankSchema implements BatchTable {
    TRAININGS(
            "rerank",
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
            Table.required("host", DataTypes.StringType)),
    FAILURES(
            "rerank-failures",
            Table.required("id", DataTypes.StringType),
            Table.optional("name", DataTypes.StringType),
            Table.required("graph", DataTypes.StringType),
            Table.required("formula", DataTypes.StringType),
            Table.required("network", DataTypes.StringType),
            Table.required("scored_on", DataTypes.StringType),
            Table.required("training", DataTypes.IntegerType),
            Table.required("reason", DataTypes.StringType),
            Table.required("seed", DataTypes.LongType),
            Table.required("settings", DataTypes.StringType),
            Table.required("engine", DataTypes.StringType));

    private final String folder;
    private final StructType schema;
    private final ParquetSchema parquet;

    RerankSchema(String folder, StructField... columns) {
        this.folder = folder;
        this.schema = new StructType(columns);
        this.parquet = ParquetSchema.of(schema);
    }

    @Override
    public String folder() {
        return folder;
    }

    @Override
    public StructType schema() {
        return schema;
    }

    @Override
    public ParquetSchema parquet() {
        return parquet;
    }
}
