package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script submit/evonorm in a copy of the project, with stand-ins for java and mvn that print their arguments. */
@DisabledOnOs(OS.WINDOWS)
class LaunchScriptTest {

    @TempDir
    private Path folder;

    private Path project;
    private Path tools;

    private record Ended(int status, List<String> out, String err) {}

    @BeforeEach
    void makeProject() throws IOException {
        project = folder.resolve("a project");
        tools = folder.resolve("tools");
        Files.createDirectories(tools);
        Files.createDirectories(project.resolve("submit"));
        Files.createDirectories(project.resolve("src/main/java"));
        Files.copy(Path.of("submit/evonorm"), project.resolve("submit/evonorm"));
        Files.copy(Path.of("submit/quiet"), project.resolve("submit/quiet"));
        Files.copy(Path.of("pom.xml"), project.resolve("pom.xml"));
        Files.writeString(project.resolve("src/main/java/A.java"), "class A {}");
        script(
                "java",
                "[ \"$1\" != -version ] || { echo 'openjdk version \"17.0.1\" 2021-10-19' >&2; exit; }\n"
                        + "printf '%s\\n' \"$@\" OMP=$OMP_NUM_THREADS IP=$SPARK_LOCAL_IP");
        script("javac", "exit 1");
        script("jar", "while [ \"$1\" != --file ]; do shift; done; touch \"$2\"");
        // The build takes a moment, so that two builds at once would be noticed.
        script(
                "mvn",
                "echo built >>" + folder + "/builds; sleep 0.3; mkdir -p '" + project + "/target/classes'\n"
                        + "for a in \"$@\"; do case $a in"
                        + " -Dmdep.outputFile=*) echo some.jar >\"${a#*=}\";; esac; done");
    }

    private void script(String name, String text) throws IOException {
        Path file = tools.resolve(name);
        Files.writeString(file, "#!/bin/bash\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("bash", project.resolve("submit/evonorm").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .keySet()
                .removeAll(List.of("JAVA_HOME", "EVONORM_JAVA_OPTS", "EVONORM_MAVEN_OPTS", "SPARK_LOCAL_IP"));
        builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Ended end(Process process) throws IOException, InterruptedException {
        List<String> out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out, err);
    }

    private Ended run(String... arguments) throws IOException, InterruptedException {
        return end(start(Map.of(), arguments));
    }

    private long builds() throws IOException {
        return Files.exists(folder.resolve("builds"))
                ? Files.readAllLines(folder.resolve("builds")).size()
                : 0;
    }

    @Test
    void buildsAndRunsWithFlagsClassPathAndArguments() throws Exception {
        Ended ended = run("inspect", "--layer", "v1 * x", "");
        assertEquals(0, ended.status(), ended.err());
        int main = ended.out().indexOf("org.evonorm.cli.Main");
        assertEquals(
                List.of("inspect", "--layer", "v1 * x", "", "OMP=1", "IP=127.0.0.1"),
                ended.out().subList(main + 1, ended.out().size()));
        Path real = project.toRealPath();
        assertEquals(
                List.of("-cp", real + "/target/launch/evonorm.jar:some.jar"),
                ended.out().subList(main - 2, main));
        assertEquals("@" + real + "/submit/jvm.flags", ended.out().get(0));
        assertTrue(ended.err().contains("building"), ended.err());
    }

    @Test
    void buildsOnlyWhatIsOutOfDate() throws Exception {
        run();
        assertEquals("", run().err());
        assertEquals(1, builds());
        Files.setLastModifiedTime(
                project.resolve("src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(1)));
        run();
        assertEquals(2, builds());
        Files.delete(project.resolve("src/main/java/A.java"));
        run();
        assertEquals(3, builds());
    }

    @Test
    void shortCommandsMapTheClassesOfTheirFirstOne() throws Exception {
        String archive = project.toRealPath() + "/target/launch/report-17.0.1.jsa";
        assertTrue(run("report").out().contains("-XX:ArchiveClassesAtExit=" + archive));
        Files.createFile(Path.of(archive));
        assertTrue(run("report").out().contains("-XX:SharedArchiveFile=" + archive));
        assertTrue(run("search").out().stream().noneMatch(option -> option.contains(".jsa")));
        // Another build has other classes.
        Files.delete(project.resolve("src/main/java/A.java"));
        assertTrue(run("report").out().contains("-XX:ArchiveClassesAtExit=" + archive));
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        assumeTrue(new ProcessBuilder("bash", "-c", "command -v flock").start().waitFor() == 0);
        Process first = start(Map.of());
        Process second = start(Map.of());
        assertEquals(0, end(first).status());
        assertEquals(0, end(second).status());
        assertEquals(1, builds());
    }

    /** Spark's pages are for this machine, unless the user says otherwise. */
    @Test
    void anotherAddressIsTheUsersToChoose() throws Exception {
        List<String> out = end(start(Map.of("SPARK_LOCAL_IP", "0.0.0.0"))).out();
        assertTrue(out.contains("IP=0.0.0.0"), out.toString());
    }

    @Test
    void javaOptionsReplaceTheDefaults() throws Exception {
        List<String> out =
                end(start(Map.of("EVONORM_JAVA_OPTS", "-Xmx1g -Da=b"))).out();
        assertTrue(out.contains("-Xmx1g") && out.contains("-Da=b"), out.toString());
        assertTrue(out.stream().noneMatch(option -> option.contains("MaxRAM")), out.toString());
    }

    /**
     * The program itself writes to the real standard error, which stays what it was; the JVM's goes through a filter.
     */
    @Test
    void theWarningOfIncubatorModulesIsDroppedAndNothingElse() throws Exception {
        String warning = "WARNING: Using incubator modules: jdk.incubator.vector";
        script("java", """
                [ "$1" != -version ] || { echo 'openjdk version "17.0.1" 2021-10-19' >&2; exit; }
                printf '%s\\n' 'the JVM says' "WARNING" "WARNING, foo" >&2
                printf '  odd \\\\ * line' >&2
                [ "$EVONORM_STDERR" = "$$ no" ] && echo 'the program says' >&3
                exit 3
                """.replace("WARNING", warning));
        Ended ended = run();
        assertEquals(3, ended.status());
        List<String> said = ended.err()
                .lines()
                .filter(line -> !line.contains("building"))
                .sorted()
                .toList();
        assertEquals(List.of("  odd \\ * line", warning + ", foo", "the JVM says", "the program says"), said);
        assertEquals(List.of(), ended.out());
    }

    @Test
    void signalsReachTheProgram() throws Exception {
        run();
        script("java", """
                [ "$1" != -version ] || { echo 'openjdk version "17.0.1" 2021-10-19' >&2; exit; }
                trap 'echo interrupted >&3; exit 130' INT TERM
                echo $$; while :; do sleep 0.05; done
                """);
        Process process = start(Map.of());
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertEquals(Long.toString(process.pid()), out.readLine());
        process.toHandle().destroy();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("interrupted\n", err);
        assertEquals(130, process.waitFor());
    }

    @Test
    void aFailedBuildIsNotRun() throws Exception {
        script("mvn", "echo '[ERROR] no' ; exit 1");
        Ended ended = run();
        assertEquals(1, ended.status());
        assertTrue(ended.err().contains("[ERROR] no"), ended.err());
        assertTrue(ended.err().contains("evonorm: the build failed"), ended.err());
        assertEquals(List.of(), ended.out());
        assertEquals(1, run().status());
    }

    @Test
    void aReleaseIsRunAsItIs() throws Exception {
        Files.delete(tools.resolve("mvn"));
        Files.delete(tools.resolve("javac"));
        Files.createDirectories(project.resolve("spark"));
        Files.createFile(project.resolve("evonorm-1.0-application.jar"));
        Ended ended = run("inspect");
        Path real = project.toRealPath();
        assertEquals("", ended.err());
        assertTrue(
                ended.out().contains(real + "/evonorm-1.0-application.jar:" + real + "/spark/*"),
                ended.out().toString());
        assertTrue(
                ended.out().contains("-Dlog4j2.configurationFile=" + real + "/conf/log4j2.properties"),
                ended.out().toString());
        assertEquals(0, builds());
    }

    @Test
    void anImageRunsOnTheJarsOfItsSpark() throws Exception {
        Files.createFile(project.resolve("evonorm-1.0-application.jar"));
        Path jars = Files.createDirectories(folder.resolve("spark home/jars"));
        Ended ended = end(start(Map.of("SPARK_HOME", jars.getParent().toString())));
        assertTrue(
                ended.out().contains(project.toRealPath() + "/evonorm-1.0-application.jar:" + jars + "/*"),
                ended.out().toString());
        Ended without = end(start(Map.of("SPARK_HOME", folder + "/none")));
        assertEquals(1, without.status());
        assertTrue(without.err().contains("set SPARK_HOME to a Spark 3.5"), without.err());
    }

    @Test
    void anOldJavaIsRefusedInOneSentence() throws Exception {
        script("java", "echo 'java version \"1.8.0_312\"' >&2");
        Ended ended = run();
        assertEquals(1, ended.status());
        assertTrue(ended.err().startsWith("evonorm: java is version 1.8.0_312, but 17"), ended.err());
        assertEquals(1, ended.err().lines().count());
    }

    @Test
    void aMissingJdkIsNamed() throws Exception {
        Ended ended = end(start(Map.of("JAVA_HOME", folder + "/no jdk")));
        assertEquals(1, ended.status());
        assertTrue(ended.err().contains("there is no " + folder + "/no jdk/bin/java"), ended.err());
    }

    /** Every script but the one that makes the release, which needs the sources. */
    @Test
    void theReleaseHasEveryScript() throws IOException {
        String assembly = Files.readString(Path.of("src/assembly/release.xml"));
        try (Stream<Path> files = Files.list(Path.of("submit"))) {
            files.filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                    .filter(file -> !file.endsWith("release"))
                    .forEach(file -> assertTrue(assembly.contains("<include>" + file + "</include>"), file::toString));
        }
    }
}
