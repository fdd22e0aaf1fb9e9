package org.evonorm.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;

/** Files that stay well formed and say something else: another digit in a text, other accuracies in a Parquet file. */
final class OtherValues {

    private OtherValues() {}

    static void write(Path file, Random random) throws IOException {
        if (file.toString().endsWith(".parquet")) {
            writeRows(file, random);
        } else {
            writeText(file, random);
        }
    }

    /** Replaces one digit; a text without digits gets one. */
    private static void writeText(Path file, Random random) throws IOException {
        StringBuilder text = new StringBuilder(Files.readString(file, StandardCharsets.ISO_8859_1));
        List<Integer> digits = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            if (Character.isDigit(text.charAt(i))) {
                digits.add(i);
            }
        }
        if (digits.isEmpty()) {
            text.append('1');
        } else {
            int place = digits.get(random.nextInt(digits.size()));
            text.setCharAt(place, (char) ('0' + (text.charAt(place) - '0' + 1 + random.nextInt(9)) % 10));
        }
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    }

    private static void writeRows(Path file, Random random) throws IOException {
        List<Group> rows = TableRows.read(file);
        if (rows.isEmpty()) {
            Files.write(file, new byte[] {0});
            return;
        }
        Path other = file.resolveSibling("other.parquet");
        GroupType schema = rows.get(0).getType();
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(other.toUri()))
                .withType(new org.apache.parquet.schema.MessageType("spark_schema", schema.getFields()))
                .build()) {
            for (Group row : rows) {
                writer.write(changed(row, random));
            }
        }
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(file.resolveSibling(".other.parquet.crc"));
    }

    private static Group changed(Group row, Random random) {
        Group changed = new SimpleGroup(row.getType());
        for (Type field : row.getType().getFields()) {
            int index = row.getType().getFieldIndex(field.getName());
            for (int i = 0; i < row.getFieldRepetitionCount(index); i++) {
                copy(row, changed, field, index, i, random);
            }
        }
        return changed;
    }

    private static void copy(Group from, Group to, Type field, int index, int i, Random random) {
        if (!field.isPrimitive()) {
            to.add(index, from.getGroup(index, i));
            return;
        }
        switch (field.asPrimitiveType().getPrimitiveTypeName()) {
            case DOUBLE -> to.add(index, random.nextInt(11) / 10.0);
            case INT32 -> to.add(index, from.getInteger(index, i));
            case INT64 -> to.add(index, from.getLong(index, i));
            case BOOLEAN -> to.add(index, from.getBoolean(index, i));
            default -> to.add(index, from.getBinary(index, i));
        }
    }
}
