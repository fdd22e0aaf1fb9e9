#!/usr/bin/env bash
# Hadoop forgets an interrupt of a thread that waits for the output of a program that Hadoop started.
#
# Seen with:    hadoop-client-api and hadoop-client-runtime 3.3.4 and 3.4.1, JDK 17, Linux, without Hadoop's native library, so that
#               owners of local files come from "ls".
# Expected:     a call that cannot throw InterruptedException either ends early by an exception of another kind or leaves the thread's
#               interrupt status set, as java.lang.Thread's documentation asks for.
# Behaviour:    an interrupt after the program's end, while its error stream is still open, is logged ("Interrupted while joining on")
#               and handed to the thread that reads the stream. The call waits on and returns its value, and the caller's interrupt
#               status is clear afterwards. (In some runs the reader is done with the program's end, and no interrupt meets it.)
# It matters:   Thread.interrupt is how a driver of Spark is asked to stop. Files that Spark writes locally get their permissions
#               by such programs, and an interrupt in that moment stops nothing. Who interrupts must look whether it worked.
#
# Needs a JDK 17 and Maven. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# An ls that tells that it has begun, ends at once, and leaves its error stream open for three seconds.
mkdir bin
cat >bin/ls <<SH
#!/bin/sh
touch begun
sleep 3 >/dev/null &
exec $(command -v ls) "\$@"
SH
chmod +x bin/ls

cat >Interrupted.java <<'JAVA'
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

public class Interrupted {
    public static void main(String[] arguments) throws Exception {
        FileStatus status = FileSystem.getLocal(new Configuration()).listStatus(new Path("."))[0];
        Thread caller = Thread.currentThread();
        Thread other = new Thread(() -> {
            try {
                while (Files.notExists(java.nio.file.Path.of("begun"))) {
                    Thread.sleep(10);
                }
                Thread.sleep(1000);
            } catch (InterruptedException e) {
                return;
            }
            caller.interrupt();
        });
        long start = System.nanoTime();
        other.start();
        boolean hasOwner = !status.getOwner().isEmpty();
        boolean waited = System.nanoTime() - start > 2_000_000_000L;
        other.join();
        if (!waited) {
            // The reader of the error stream was done before; no interrupt met the call.
            System.exit(3);
        }
        System.out.println((hasOwner ? "the owner" : "no owner") + ", interrupt status "
                + (Thread.currentThread().isInterrupted() ? "set" : "clear"));
    }
}
JAVA

echo "the owner, interrupt status clear" >expected

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
  # The stream's reader ends early in some of the runs.
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    rm -f "$version/begun"
    (cd "$version" && PATH="$folder/bin:$PATH" java -cp "$(cat classpath)" ../Interrupted.java 2>/dev/null >seen) && break
  done
  echo "hadoop-client $version:"
  sed 's/^/  /' "$version/seen"
  diff expected "$version/seen"
done
echo "as described"
