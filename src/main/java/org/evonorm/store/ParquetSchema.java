package org.evonorm.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a table as Parquet has them. They tell whether a file is one of the table's before a row of it is
 * believed.
 */
final class ParquetSchema {

    private final List<Type> columns;

    private ParquetSchema(List<Type> columns) {
        this.columns = columns;
    }

    /** The columns that Spark writes for a schema. */
    static ParquetSchema of(StructType schema) {
        return new ParquetSchema(columns(schema));
    }

    private static List<Type> columns(StructType schema) {
        List<Type> columns = new ArrayList<>();
        for (StructField field : schema.fields()) {
            columns.add(column(
                    field.name(), field.dataType(), field.nullable() ? Repetition.OPTIONAL : Repetition.REQUIRED));
        }
        return columns;
    }

    private static Type column(String name, DataType type, Repetition repetition) {
        if (type instanceof ArrayType array) {
            return Types.list(repetition)
                    .element(column("element", array.elementType(), Repetition.REQUIRED))
                    .named(name);
        }
        if (type instanceof StructType struct) {
            return new GroupType(repetition, name, columns(struct));
        }
        if (type.equals(DataTypes.StringType)) {
            return Types.primitive(PrimitiveTypeName.BINARY, repetition)
                    .as(LogicalTypeAnnotation.stringType())
                    .named(name);
        }
        return Types.primitive(primitive(type), repetition).named(name);
    }

    private static PrimitiveTypeName primitive(DataType type) {
        if (type.equals(DataTypes.IntegerType)) {
            return PrimitiveTypeName.INT32;
        } else if (type.equals(DataTypes.LongType)) {
            return PrimitiveTypeName.INT64;
        } else if (type.equals(DataTypes.DoubleType)) {
            return PrimitiveTypeName.DOUBLE;
        } else if (type.equals(DataTypes.BooleanType)) {
            return PrimitiveTypeName.BOOLEAN;
        }
        throw new IllegalArgumentException("no table has the type " + type.simpleString());
    }

    /**
     * What a file's schema differs in, in a few words; empty if it has every column with its type. More columns, and
     * columns that may be null, do no harm: {@link StoredRow} refuses the nulls. A column that may be null may be
     * absent too, since earlier versions had fewer of them.
     */
    Optional<String> difference(MessageType file) {
        return difference(columns, file);
    }

    private static Optional<String> difference(List<Type> wanted, GroupType file) {
        for (Type column : wanted) {
            if (!file.containsField(column.getName())) {
                if (column.isRepetition(Repetition.OPTIONAL)) {
                    continue;
                }
                return Optional.of("lacks the column " + column.getName());
            }
            Optional<String> difference = difference(column, file.getType(column.getName()));
            if (difference.isPresent()) {
                return difference;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> difference(Type wanted, Type found) {
        boolean same = wanted.isPrimitive() == found.isPrimitive()
                && wanted.isRepetition(Repetition.REPEATED) == found.isRepetition(Repetition.REPEATED)
                && Objects.equals(wanted.getLogicalTypeAnnotation(), found.getLogicalTypeAnnotation())
                && (!wanted.isPrimitive()
                        || wanted.asPrimitiveType().getPrimitiveTypeName()
                                == found.asPrimitiveType().getPrimitiveTypeName());
        if (!same) {
            return Optional.of("has another type in the column " + wanted.getName());
        }
        return wanted.isPrimitive()
                ? Optional.empty()
                : difference(wanted.asGroupType().getFields(), found.asGroupType());
    }
}
