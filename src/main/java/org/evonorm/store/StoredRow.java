package org.evonorm.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.parquet.example.data.Group;

/**
 * A row of a Parquet file, or a struct in it, as {@link TableFile} reads it. A null in a column that has none is the
 * file's fault, and is refused.
 */
final class StoredRow {

    private final Group group;

    StoredRow(Group group) {
        this.group = group;
    }

    private String present(String column) {
        if (isNull(column)) {
            throw new IllegalArgumentException("a row lacks its " + column);
        }
        return column;
    }

    private boolean isNull(String column) {
        return !group.getType().containsField(column) || group.getFieldRepetitionCount(column) == 0;
    }

    String text(String column) {
        return group.getString(present(column), 0);
    }

    Optional<String> optionalText(String column) {
        return isNull(column) ? Optional.empty() : Optional.of(text(column));
    }

    int integer(String column) {
        return group.getInteger(present(column), 0);
    }

    long longInteger(String column) {
        return group.getLong(present(column), 0);
    }

    double real(String column) {
        return group.getDouble(present(column), 0);
    }

    /** The number in a column that earlier versions lack, 0 in place of a null. */
    double realOrZero(String column) {
        return isNull(column) ? 0 : real(column);
    }

    /** A share from 0 to 1, such as an accuracy. */
    double share(String column) {
        double share = real(column);
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a row has the " + column + " " + share + ", which is no share");
        }
        return share;
    }

    /** The whole number in a column that may be null. */
    OptionalInt optionalInteger(String column) {
        return isNull(column) ? OptionalInt.empty() : OptionalInt.of(integer(column));
    }

    /** The structs of a list in a column that may be null, none then. */
    List<StoredRow> listOrEmpty(String column) {
        return isNull(column) ? List.of() : list(column);
    }

    /** The structs of a list. */
    List<StoredRow> list(String column) {
        Group list = group.getGroup(present(column), 0);
        return IntStream.range(0, list.getFieldRepetitionCount(0))
                .mapToObj(i -> new StoredRow(list.getGroup(0, i).getGroup(0, 0)))
                .toList();
    }
}
