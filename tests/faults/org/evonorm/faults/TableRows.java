package org.evonorm.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.schema.Type;

/** The rows of a run's tables, read file by file without Spark and without any code of the program. */
final class TableRows {

    private TableRows() {}

    /** The rows of tables without times, rates and hosts, in an order that depends on their values alone. */
    static List<String> repeatable(Path run, List<String> tables) throws IOException {
        List<String> rows = new ArrayList<>();
        for (String table : tables) {
            for (Path file : files(run, table)) {
                String place = table.equals("rerank")
                        ? table
                        : run.relativize(file.getParent()).toString();
                for (Group row : read(file)) {
                    rows.add(place + " "
                            + text(
                                    row,
                                    name -> !name.endsWith("seconds")
                                            && !name.endsWith("per_second")
                                            && !name.equals("host")));
                }
            }
        }
        return rows.stream().sorted().toList();
    }

    /** The seconds that trainings took, by a key of the training; a training that is done again takes other ones. */
    static Map<String, Double> seconds(Path run, String table, List<String> key) throws IOException {
        Map<String, Double> seconds = new HashMap<>();
        for (Path file : files(run, table)) {
            for (Group row : read(file)) {
                seconds.put(text(row, key::contains), row.getDouble("seconds", 0));
            }
        }
        return seconds;
    }

    /** The Parquet files of a table, as any reader finds them. */
    private static List<Path> files(Path run, String table) throws IOException {
        if (!Files.isDirectory(run.resolve(table))) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(run.resolve(table))) {
            return files.filter(file -> file.getFileName().toString().matches("[^._].*\\.parquet"))
                    .sorted()
                    .toList();
        }
    }

    static List<Group> read(Path file) throws IOException {
        List<Group> rows = new ArrayList<>();
        var path = new org.apache.hadoop.fs.Path(file.toUri());
        try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), path)
                .withConf(new Configuration())
                .build()) {
            for (Group row = reader.read(); row != null; row = reader.read()) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static String text(Group row, Predicate<String> column) {
        StringBuilder text = new StringBuilder();
        for (Type field : row.getType().getFields()) {
            if (!column.test(field.getName())) {
                continue;
            }
            int index = row.getType().getFieldIndex(field.getName());
            text.append(field.getName()).append('=');
            for (int i = 0; i < row.getFieldRepetitionCount(index); i++) {
                text.append(
                        field.isPrimitive()
                                ? row.getValueToString(index, i)
                                : row.getGroup(index, i).toString().replace('\n', ' '));
            }
            text.append(' ');
        }
        return text.toString();
    }
}
