#!/usr/bin/env bash
# A .tar.gz that is read entry by entry to its end through the JDK's GZIPInputStream is never checked: the gzip checksum
# stands behind the part that a tar reader reads.
#
# Seen with:    commons-compress 1.21, 1.26.2 and 1.28.0 (TarArchiveInputStream) on java.util.zip.GZIPInputStream and on
#               GzipCompressorInputStream, JDK 17, Linux. Archives of two entries with tar's usual padding to blocks of
#               10,240 bytes.
# Expected:     reading all entries until getNextEntry answers null reads the archive, so a wrong checksum in the gzip trailer
#               is an error.
# Behaviour:    the tar reader stops before the gzip stream ends; the trailer with CRC-32 and length is not read, and the
#               wrong checksum passes in silence. Draining the gzip stream after the last entry finds it. commons-compress's
#               own GzipCompressorInputStream compares the checksum as soon as it hands out the last byte, and refuses.
# It matters:   data sets come as .tar.gz. A few changed bytes inside an entry decompress to other images, which are then
#               trained on. Whoever reads such an archive has to read the gzip stream to its end.
#
# Needs a JDK 17 and Maven. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >Checksum.java <<'JAVA'
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

public class Checksum {
    public static void main(String[] arguments) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes), 10_240)) {
            for (String name : new String[] {"first", "second"}) {
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setSize(5000);
                tar.putArchiveEntry(entry);
                tar.write(new byte[5000]);
                tar.closeArchiveEntry();
            }
        }
        byte[] archive = bytes.toByteArray();
        // The last eight bytes are the CRC-32 and the length.
        archive[archive.length - 8] ^= 1;
        for (boolean drained : new boolean[] {false, true}) {
            String how = drained ? "drained" : "to the last entry";
            System.out.println("GZIPInputStream, " + how + ": "
                    + read(new GZIPInputStream(new ByteArrayInputStream(archive)), drained));
            System.out.println("GzipCompressorInputStream, " + how + ": "
                    + read(new GzipCompressorInputStream(new ByteArrayInputStream(archive)), drained));
        }
    }

    private static String read(InputStream gzip, boolean drained) {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(gzip)) {
            int entries = 0;
            while (tar.getNextEntry() != null) {
                tar.transferTo(OutputStream.nullOutputStream());
                entries++;
            }
            if (drained) {
                gzip.transferTo(OutputStream.nullOutputStream());
            }
            return entries + " entries, no error";
        } catch (IOException e) {
            return "refused";
        }
    }
}
JAVA

cat >expected <<'TEXT'
GZIPInputStream, to the last entry: 2 entries, no error
GzipCompressorInputStream, to the last entry: refused
GZIPInputStream, drained: refused
GzipCompressorInputStream, drained: refused
TEXT

for version in 1.21 1.26.2 1.28.0; do
  mkdir "$version"
  cat >"$version/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.commons</groupId><artifactId>commons-compress</artifactId><version>$version</version></dependency>
  </dependencies>
</project>
XML
  mvn -B -q -ntp -f "$version/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath \
    -Dmdep.outputFile="$folder/$version/classpath"
  java -cp "$(cat "$version/classpath")" Checksum.java >"$version/seen"
  echo "commons-compress $version:"
  sed 's/^/  /' "$version/seen"
  diff expected "$version/seen"
done
echo "as described"
