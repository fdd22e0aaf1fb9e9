/**
 * Images in Parquet: raw pixels as {@code evonorm images} writes them, and encoded pictures with labels as hubs of data
 * sets ship them.
 *
 * <p>Nothing here starts Spark.
 *
 * <p>To read: {@link org.evonorm.data.files.parquet.ParquetImages}, {@link
 * org.evonorm.data.files.parquet.EncodedParquet}.
 */
package org.evonorm.data.files.parquet;
