package org.evonorm.search;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server with the interface of S3 on this machine, which tests/s3/server starts, and commands that use it. */
final class S3Server implements AutoCloseable {

    private static final int MOST_SECONDS = 300;

    private final Path folder;
    private final Process process;
    private final String endpoint;

    private S3Server(Path folder, Process process, String endpoint) {
        this.folder = folder;
        this.process = process;
        this.endpoint = endpoint;
    }

    /** Starts a server with one empty bucket. */
    static S3Server start(Path folder, String bucket) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process process = new ProcessBuilder("tests/s3/server", folder.toString(), Integer.toString(port))
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        S3Server server = new S3Server(folder, process, "http://127.0.0.1:" + port);
        server.make(bucket);
        return server;
    }

    private void make(String bucket) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + "/" + bucket))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        for (int second = 0; second < MOST_SECONDS && process.isAlive(); second++) {
            try {
                int status = HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (status == 200) {
                    return;
                }
                throw new IllegalStateException("the server answers " + status);
            } catch (ConnectException e) {
                Thread.sleep(1000);
            }
        }
        close();
        throw new IllegalStateException("the server did not start: " + Files.readString(folder.resolve("errors")));
    }

    /** A class of the project or its tests in a JVM of its own, with Hadoop's client of S3. */
    ProcessBuilder jvm(Class<?> main, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@submit/jvm.flags",
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-Dspark.hadoop.fs.s3a.endpoint=" + endpoint,
                "-Dspark.hadoop.fs.s3a.path.style.access=true",
                "-Dspark.hadoop.fs.s3a.connection.ssl.enabled=false",
                "-Dspark.hadoop.fs.s3a.aws.credentials.provider="
                        + "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider",
                "-cp",
                System.getProperty("java.class.path") + ":"
                        + Files.readString(folder.resolve("client")).strip(),
                main.getName()));
        words.addAll(List.of(arguments));
        return new ProcessBuilder(words);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
