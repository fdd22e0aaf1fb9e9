#!/usr/bin/env bash
# Hadoop's createNonRecursive makes the missing folder on its raw local file system, in one of its overloads.
#
# Seen with:    hadoop-client-api and hadoop-client-runtime 3.3.4 and 3.4.1, JDK 17, Linux.
# Expected:     createNonRecursive refuses a file whose folder is missing, as its name says, in all its overloads and on all file
#               systems with folders.
# Behaviour:    on RawLocalFileSystem the overloads that take a boolean "overwrite" make the folder and the file. The overload with
#               a set of CreateFlag, and the builder of createFile, refuse with FileNotFoundException. LocalFileSystem, which adds
#               checksum files and writes through the raw one, refuses in every way.
# It matters:   a folder whose absence is to stop a late writer (a fence, a lease, a job that was cancelled) comes back, and the
#               writer goes on. Code that was tested on LocalFileSystem or HDFS does not show it.
#
# Needs a JDK 17 and Maven. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >Creation.java <<'JAVA'
import java.io.FileNotFoundException;
import java.io.OutputStream;
import java.util.EnumSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

public class Creation {
    private interface Opening {
        OutputStream of(FileSystem files, Path file) throws Exception;
    }

    private static int folders;

    private static void report(String how, LocalFileSystem local, Opening opening) throws Exception {
        System.out.println(how + ": raw " + outcome(local.getRawFileSystem(), opening) + ", local " + outcome(local, opening));
    }

    private static String outcome(FileSystem files, Opening opening) throws Exception {
        Path missing = new Path("missing" + folders++);
        try (OutputStream out = opening.of(files, new Path(missing, "file"))) {
            out.write(1);
        } catch (FileNotFoundException e) {
            return "refuses";
        }
        return files.exists(missing) ? "makes the folder" : "loses the file";
    }

    public static void main(String[] arguments) throws Exception {
        LocalFileSystem local = FileSystem.getLocal(new Configuration());
        report("overwrite true", local, (files, file) -> files.createNonRecursive(file, true, 4096, (short) 1, 1 << 20, null));
        report("overwrite false", local, (files, file) -> files.createNonRecursive(file, false, 4096, (short) 1, 1 << 20, null));
        report("flags", local, (files, file) -> files.createNonRecursive(
                file, FsPermission.getFileDefault(), EnumSet.of(CreateFlag.CREATE), 4096, (short) 1, 1 << 20, null));
        report("builder", local, (files, file) -> files.createFile(file).build());
    }
}
JAVA

cat >expected <<'TEXT'
overwrite true: raw makes the folder, local refuses
overwrite false: raw makes the folder, local refuses
flags: raw refuses, local refuses
builder: raw refuses, local refuses
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
  (cd "$version" && java -cp "$(cat classpath)" ../Creation.java 2>/dev/null >seen)
  echo "hadoop-client $version:"
  sed 's/^/  /' "$version/seen"
  diff expected "$version/seen"
done
echo "as described"
