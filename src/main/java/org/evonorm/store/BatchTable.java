package org.evonorm.store;

import org.apache.spark.sql.types.StructType;

/** A table that only grows, by a batch of rows at a time: of reranks, or of calibrations. */
interface BatchTable {

    /** The name of the table and of its folder. */
    String folder();

    /** The columns as Spark has them. */
    StructType schema();

    /** The same columns as Parquet has them. */
    ParquetSchema parquet();
}
