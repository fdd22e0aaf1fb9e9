#!/usr/bin/env bash
# Parquet's filter "column in set" fails with the sets that Java makes by Set.of, though no null is anywhere.
#
# Seen with:    parquet-hadoop and parquet-column 1.13.1 (the one in Spark 3.5) and 1.14.4, JDK 17, Linux.
# Expected:     FilterApi.in(column, Set.of(1, 2)) filters as FilterApi.in(column, new HashSet<>(…)) does; the set's type
#               is java.util.Set.
# Behaviour:    the filter is made, and fails once a row group's statistics are asked: Parquet asks the set whether it contains
#               null, which the sets of Set.of, Set.copyOf and Collectors.toUnmodifiableSet answer by a NullPointerException. A
#               HashSet with the same members works.
# It matters:   the exception comes while a file is read, so that a healthy file looks damaged.
#
# Needs a JDK 17 and Maven. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >In.java <<'JAVA'
import java.util.HashSet;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

public class In {
    public static void main(String[] arguments) throws Exception {
        MessageType schema = MessageTypeParser.parseMessageType("message rows { required int32 index; }");
        Path file = new Path(arguments[0]);
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(file)
                .withType(schema)
                .withConf(new Configuration())
                .build()) {
            for (int index = 0; index < 10; index++) {
                Group row = new SimpleGroup(schema);
                row.add("index", index);
                writer.write(row);
            }
        }
        System.out.println("HashSet: " + count(file, new HashSet<>(Set.of(1, 2))));
        System.out.println("Set.of: " + count(file, Set.of(1, 2)));
    }

    private static String count(Path file, Set<Integer> wanted) {
        try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), file)
                .withFilter(FilterCompat.get(FilterApi.in(FilterApi.intColumn("index"), wanted)))
                .build()) {
            int rows = 0;
            while (reader.read() != null) {
                rows++;
            }
            return rows + " rows";
        } catch (Exception e) {
            return e.getClass().getSimpleName();
        }
    }
}
JAVA

cat >expected <<'TEXT'
HashSet: 2 rows
Set.of: NullPointerException
TEXT

for version in 1.13.1 1.14.4; do
  mkdir "$version"
  cat >"$version/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.parquet</groupId><artifactId>parquet-hadoop</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.hadoop</groupId><artifactId>hadoop-client-api</artifactId><version>3.3.4</version></dependency>
    <dependency><groupId>org.apache.hadoop</groupId><artifactId>hadoop-client-runtime</artifactId><version>3.3.4</version></dependency>
  </dependencies>
</project>
XML
  mvn -B -q -ntp -f "$version/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath \
    -Dmdep.outputFile="$folder/$version/classpath"
  java -cp "$(cat "$version/classpath")" In.java "$folder/$version/rows.parquet" 2>/dev/null >"$version/seen"
  echo "parquet-hadoop $version:"
  sed 's/^/  /' "$version/seen"
  diff expected "$version/seen"
done
echo "as described"
