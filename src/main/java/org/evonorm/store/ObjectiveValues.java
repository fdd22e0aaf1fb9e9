package org.evonorm.store;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.ObjectiveValue;

/**
 * The column {@code objectives} of {@link Table#CANDIDATES} and {@link Table#SELECTION}: a layer's values in the
 * objectives besides accuracy. The tables of a search for accuracy alone have no such column.
 */
final class ObjectiveValues {

    static final String COLUMN = "objectives";

    private ObjectiveValues() {}

    static DataType type() {
        return DataTypes.createArrayType(
                new StructType(new StructField[] {
                    Table.required("objective", DataTypes.StringType), Table.required("value", DataTypes.DoubleType)
                }),
                false);
    }

    /** The values for Spark; null for none. */
    static Row[] rows(List<ObjectiveValue> values) {
        return values.isEmpty()
                ? null
                : values.stream()
                        .map(value -> RowFactory.create(value.objective().text(), value.value()))
                        .toArray(Row[]::new);
    }

    /** Reads the values of a row; none if it has no such column. */
    static List<ObjectiveValue> read(StoredRow row) {
        return row.listOrEmpty(COLUMN).stream()
                .map(value -> new ObjectiveValue(objective(value.text("objective")), value.real("value")))
                .toList();
    }

    private static Objective objective(String name) {
        return Objective.named(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "a row has the objective \"" + name + "\", which this version of the program does not know"));
    }
}
