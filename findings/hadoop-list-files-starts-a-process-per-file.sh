#!/usr/bin/env bash
# Hadoop's local file system starts a process per file for a recursive listing, and per status whose permissions are read.
#
# Seen with:    hadoop-client-api and hadoop-client-runtime 3.3.4 and 3.4.1, JDK 17, Linux, without Hadoop's native library, which
#               does not come with them.
# Expected:     FileSystem.listFiles(folder, true) costs about what listStatus does: the same names and sizes.
# Behaviour:    listStatus starts no process. listFiles makes a LocatedFileStatus of each status, which asks for owner, group and
#               permissions, and for each file that is an "ls -ld" in a process of its own. Getters of a FileStatus do the same,
#               once per status.
# It matters:   a data set of some thousand image files takes half a minute to list, where listStatus from folder to folder takes a
#               fraction of a second. On HDFS, where a status comes with its permissions, nothing of this is seen.
#
# Needs a JDK 17 and Maven. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# An ls that counts its calls.
mkdir bin
cat >bin/ls <<SH
#!/bin/sh
echo call >>"$folder/calls"
exec $(command -v ls) "\$@"
SH
chmod +x bin/ls

cat >Listing.java <<'JAVA'
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RemoteIterator;

public class Listing {
    private static final int FILES = 20;
    private static final Path CALLS = Path.of("..", "calls");

    private static void report(String what) throws Exception {
        long calls = Files.exists(CALLS) ? Files.readAllLines(CALLS).size() : 0;
        Files.deleteIfExists(CALLS);
        System.out.println(what + ": " + calls + " processes for " + FILES + " files");
    }

    public static void main(String[] arguments) throws Exception {
        Files.createDirectory(Path.of("files"));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(Path.of("files", "file" + i), "content");
        }
        FileSystem local = FileSystem.getLocal(new Configuration());
        org.apache.hadoop.fs.Path files = new org.apache.hadoop.fs.Path("files");
        report("before");
        FileStatus[] statuses = local.listStatus(files);
        report("listStatus of " + statuses.length);
        int listed = 0;
        for (RemoteIterator<?> all = local.listFiles(files, true); all.hasNext(); all.next()) {
            listed++;
        }
        report("listFiles of " + listed);
        for (FileStatus status : statuses) {
            status.getOwner();
            status.getPermission();
        }
        report("getOwner and getPermission");
    }
}
JAVA

cat >expected <<'TEXT'
before: 0 processes for 20 files
listStatus of 20: 0 processes for 20 files
listFiles of 20: 20 processes for 20 files
getOwner and getPermission: 20 processes for 20 files
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
  (cd "$version" && PATH="$folder/bin:$PATH" java -cp "$(cat classpath)" ../Listing.java 2>/dev/null >seen)
  echo "hadoop-client $version:"
  sed 's/^/  /' "$version/seen"
  diff expected "$version/seen"
done
echo "as described"
