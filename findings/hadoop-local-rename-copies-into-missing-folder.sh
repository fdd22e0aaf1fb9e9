#!/usr/bin/env bash
# Hadoop's local file system renames a file into a folder that does not exist: it makes the folder and answers true.
#
# Seen with:    hadoop-client-api and hadoop-client-runtime 3.3.4 and 3.4.1, JDK 17, Linux.
# Expected:     FileSystem.rename answers false, as it does on HDFS, whose rename never makes a parent ("specification of
#               FileSystem", rename: the parent of the destination must exist).
# Behaviour:    RawLocalFileSystem first calls File.renameTo, which fails; then it copies the file, which makes the folder,
#               deletes the source and answers true. LocalFileSystem, the default for file: paths, does the same.
# It matters:   a protocol that takes a writer's folder away, so that the writer's later rename into the folder fails (fencing),
#               holds on HDFS and not on local files; and the copy can be seen half written. java.nio's
#               Files.move(…, ATOMIC_MOVE) fails as it should.
#
# Needs a JDK 17 and Maven. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >Rename.java <<'JAVA'
import java.nio.file.Files;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

public class Rename {
    public static void main(String[] arguments) throws Exception {
        LocalFileSystem local = FileSystem.getLocal(new Configuration());
        for (FileSystem files : new FileSystem[] {local, local.getRawFileSystem()}) {
            String name = files.getClass().getSimpleName();
            Files.writeString(Paths.get(name), "content");
            boolean renamed = files.rename(new Path(name), new Path("missing-" + name + "/target"));
            System.out.println(name + ": rename " + renamed + ", source left " + Files.exists(Paths.get(name))
                    + ", target " + Files.readString(Paths.get("missing-" + name + "/target")));
        }
        Files.writeString(Paths.get("nio"), "content");
        try {
            Files.move(Paths.get("nio"), Paths.get("missing-nio/target"), StandardCopyOption.ATOMIC_MOVE);
            System.out.println("java.nio: moved");
        } catch (java.nio.file.NoSuchFileException e) {
            System.out.println("java.nio: NoSuchFileException");
        }
    }
}
JAVA

cat >expected <<'TEXT'
LocalFileSystem: rename true, source left false, target content
RawLocalFileSystem: rename true, source left false, target content
java.nio: NoSuchFileException
TEXT

for version in 3.3.4 3.4.1; do
  mkdir "$version"
  cat >"$version/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.hadoop</groupId><artifactId>hadoop-client-api</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.hadoop</groupId><artifactId>hadoop-client-runtime</artifactId><version>$version</version></dependency>
  </dependencies>
</project>
XML
  mvn -B -q -ntp -f "$version/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath \
    -Dmdep.outputFile="$folder/$version/classpath"
  (cd "$version" && java -cp "$(cat classpath)" ../Rename.java 2>/dev/null >seen)
  echo "hadoop-client $version:"
  sed 's/^/  /' "$version/seen"
  diff expected "$version/seen"
done
echo "as described"
