package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script submit/nightly beside stand-ins for the other scripts, which print their arguments. */
@DisabledOnOs(OS.WINDOWS)
class NightlyScriptTest {

    @TempDir
    private Path folder;

    private record Ended(int status, List<String> calls, String err) {}

    @BeforeEach
    void makeScripts() throws IOException {
        script("nightly", Files.readString(Path.of("submit/nightly")));
        standIns("exit 0", "exit 0");
    }

    private void standIns(String search, String report) throws IOException {
        String text = "#!/bin/bash\necho \"$(basename \"$0\") $*\" >>\"$(dirname \"$0\")/calls\"\n"
                + "case \" $* \" in *' search '*) " + search + " ;; *) " + report + " ;; esac\n";
        script("evonorm", text);
        script("cluster", text);
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(folder.resolve("nightly").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Ended end(Process process) throws IOException, InterruptedException {
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        Path calls = folder.resolve("calls");
        return new Ended(status, Files.exists(calls) ? Files.readAllLines(calls) : List.of(), err);
    }

    @Test
    void searchesToADeadlineAndReports() throws Exception {
        Ended night = end(start(Map.of(), "--config", "a.conf", "--run", "/data/run", "--set", "a=3"));
        assertEquals(0, night.status(), night.err());
        assertEquals(
                List.of(
                        "evonorm search --max-duration 6h --config a.conf --run /data/run --set a=3",
                        "evonorm report /data/run --output /data/run/report.html"),
                night.calls());
    }

    @Test
    void namesOfFoldersStayAsTheyAre() throws Exception {
        String run = "/data/seed[1]  {a,b}*? #1: ${HOME} $(id) 'x' -y";
        Ended night = end(start(Map.of(), "--run", run));
        assertEquals(0, night.status(), night.err());
        assertEquals(
                List.of(
                        "evonorm search --max-duration 6h --run " + run,
                        "evonorm report " + run + " --output " + run + "/report.html"),
                night.calls());
    }

    @Test
    void onAClusterTheDriverIsSubmitted() throws Exception {
        Ended night = end(start(
                Map.of(
                        "EVONORM_CLUSTER_FILE",
                        "yarn.properties",
                        "EVONORM_MAX_DURATION",
                        "90m",
                        "EVONORM_REPORT",
                        "/tmp/r.html"),
                "--run=hdfs:///run"));
        assertEquals(
                List.of(
                        "cluster yarn.properties search --max-duration 90m --run=hdfs:///run",
                        "evonorm report hdfs:///run --output /tmp/r.html"),
                night.calls());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 2",
        "3, 0, 0, 2",
        "1, 0, 1, 2",
        "2, 0, 2, 2",
        "0, 1, 1, 2",
        "3, 1, 1, 2",
        "1, 1, 1, 2",
        "130, 0, 130, 1"
    })
    void theStatusIsTheNights(int search, int report, int status, int calls) throws Exception {
        standIns("exit " + search, "exit " + report);
        Ended night = end(start(Map.of(), "--run", "run"));
        assertEquals(status, night.status(), night.err());
        assertEquals(calls, night.calls().size());
        assertEquals(status == 0, night.err().isEmpty(), night.err());
    }

    @Test
    void whatEndsTheNightEndsTheSearchInGoodOrder() throws Exception {
        standIns("trap 'echo ended >>" + folder + "/calls; exit 130' TERM; while :; do sleep 0.05; done", "exit 0");
        Process night = start(Map.of(), "--run", "run");
        while (!Files.exists(folder.resolve("calls"))) {
            Thread.sleep(20);
        }
        // The stand-in sets its trap directly after its first line.
        Thread.sleep(300);
        night.toHandle().destroy();
        Ended ended = end(night);
        assertEquals(130, ended.status(), ended.err());
        assertTrue(ended.calls().contains("ended"), ended.calls().toString());
    }

    @Test
    void aMissingFolderIsAskedFor() throws Exception {
        Ended night = end(start(Map.of(), "--config", "a.conf"));
        assertEquals(2, night.status());
        assertEquals("nightly: name the run's folder, as in --run /data/evonorm/run\n", night.err());
        assertEquals(List.of(), night.calls());
    }
}
