#!/usr/bin/env bash
# hadoop-client-minicluster, the artifact that is to bring a whole Hadoop for tests, starts neither HDFS nor YARN with its own
# dependencies.
#
# Seen with:    org.apache.hadoop:hadoop-client-minicluster 3.3.4 (the Hadoop of Spark 3.5's client), JDK 17, Linux on x86-64.
# Expected:     MiniDFSCluster and MiniYARNCluster start with the artifact and what Maven resolves for it; its description
#               promises a minicluster with the third-party libraries inside.
# Behaviour:    classes that are neither inside nor resolved are missing, one after the other: org.apache.log4j.Appender for HDFS;
#               for YARN org.bouncycastle.jce.provider.BouncyCastleProvider, then javax.xml.bind.JAXBContext, which JDK 8 had. In
#               between YARN stops at queues that no default settings name, and at a method that Java 17 does not open.
# It matters:   tests on YARN need slf4j-reload4j, bcpkix-jdk15on and jaxb-api beside the artifact, the settings
#               yarn.scheduler.capacity.root.queues and .root.default.capacity, and --add-opens java.base/java.lang=ALL-UNNAMED.
#
# Needs Maven and JDK 17. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# dependency GROUP ARTIFACT VERSION
dependency() {
  printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>' "$1" "$2" "$3"
}

# resolve NAME DEPENDENCIES: writes the class path of a project with these dependencies.
resolve() {
  mkdir "$1"
  cat >"$1/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>look</groupId><artifactId>look</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>$2</dependencies></project>
POM
  mvn -q -B -ntp -f "$1/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath \
    -Dmdep.outputFile="$folder/$1/classpath" >&2
}

cat >Look.java <<'JAVA'
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

public class Look {
    public static void main(String[] arguments) {
        String seen;
        try {
            YarnConfiguration settings = new YarnConfiguration();
            if (arguments[0].equals("hdfs")) {
                settings.set("hdfs.minidfs.basedir", arguments[1]);
                new MiniDFSCluster.Builder(settings).numDataNodes(1).build();
            } else {
                if (arguments[1].equals("queues")) {
                    settings.set("yarn.scheduler.capacity.root.queues", "default");
                    settings.set("yarn.scheduler.capacity.root.default.capacity", "100");
                }
                MiniYARNCluster yarn = new MiniYARNCluster("look", 1, 1, 1, 1);
                yarn.init(settings);
                yarn.start();
            }
            seen = "starts";
        } catch (Throwable e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            seen = cause.getClass().getSimpleName() + " " + cause.getMessage().replaceAll("[:;].*", "");
        }
        System.out.println(seen);
        // Threads of what started would keep the process.
        Runtime.getRuntime().halt(0);
    }
}
JAVA

# look NAME JAVA_OPTION… -- ARGUMENTS: the outcome with the class path of that name.
look() {
  local name=$1 options=()
  shift
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  java "${options[@]}" -cp "$(cat "$name/classpath")" Look.java "$@" 2>/dev/null | sed "s|^|$name $*: |; s|$folder|FOLDER|"
}

cluster=$(dependency org.apache.hadoop hadoop-client-minicluster 3.3.4)
log=$(dependency org.slf4j slf4j-reload4j 1.7.36)
castle=$(dependency org.bouncycastle bcpkix-jdk15on 1.70)
jaxb=$(dependency javax.xml.bind jaxb-api 2.3.1)
opens=(--add-opens java.base/java.lang=ALL-UNNAMED)
resolve alone "$cluster"
resolve log "$cluster$log"
resolve castle "$cluster$log$castle"
resolve all "$cluster$log$castle$jaxb"
{
  look alone -- hdfs "$folder/a"
  look log -- hdfs "$folder/b"
  look log "${opens[@]}" -- yarn queues
  look castle "${opens[@]}" -- yarn none
  look castle "${opens[@]}" -- yarn queues
  look all -- yarn queues
  look all "${opens[@]}" -- yarn queues
} | tee seen
diff - seen <<'SEEN'
alone hdfs FOLDER/a: ClassNotFoundException org.apache.log4j.Appender
log hdfs FOLDER/b: starts
log yarn queues: ClassNotFoundException org.bouncycastle.jce.provider.BouncyCastleProvider
castle yarn none: IllegalStateException Queue configuration missing child queue names for root
castle yarn queues: ClassNotFoundException javax.xml.bind.JAXBContext
all yarn queues: InaccessibleObjectException Unable to make protected final java.lang.Class java.lang.ClassLoader.defineClass(java.lang.String,byte[],int,int,java.security.ProtectionDomain) throws java.lang.ClassFormatError accessible
all yarn queues: starts
SEEN
echo "as described"
