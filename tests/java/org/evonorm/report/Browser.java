package org.evonorm.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium, driven by chromedriver over the WebDriver protocol. */
final class Browser implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private final String session;

    private Browser(Process driver, String session) {
        this.driver = driver;
        this.session = session;
    }

    /** The programs that are missing on this machine. */
    static Optional<String> missing() {
        if (program("chromedriver").isEmpty()) {
            return Optional.of("chromedriver is not installed (Debian: chromium-driver)");
        }
        return chromium().isEmpty() ? Optional.of("chromium is not installed") : Optional.empty();
    }

    private static Optional<Path> chromium() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> program(name).stream())
                .findFirst();
    }

    private static Optional<Path> program(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(file -> file.toFile().canExecute())
                .findFirst();
    }

    /** Starts a browser with an empty profile and a window of this size. */
    static Browser open(Path profile, int width, int height) throws IOException {
        Process driver = new ProcessBuilder(
                        program("chromedriver").orElseThrow().toString(), "--port=0")
                .redirectErrorStream(true)
                .start();
        BufferedReader output = driver.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher port = PORT.matcher(line);
            if (port.find()) {
                String root = "http://127.0.0.1:" + port.group(1) + "/session";
                Browser starting = new Browser(driver, root);
                try {
                    String id = starting.post("", capabilities(profile, width, height))
                            .get("sessionId")
                            .textValue();
                    return new Browser(driver, root + "/" + id);
                } catch (IOException | RuntimeException e) {
                    driver.destroy();
                    throw e;
                }
            }
        }
        throw new IOException("chromedriver ended before it listened");
    }

    private static ObjectNode capabilities(Path profile, int width, int height) {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode always = body.putObject("capabilities").putObject("alwaysMatch");
        always.putObject("goog:loggingPrefs").put("browser", "ALL");
        ObjectNode options = always.putObject("goog:chromeOptions");
        options.put("binary", chromium().orElseThrow().toString());
        ArrayNode arguments = options.putArray("args");
        Stream.of(
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--user-data-dir=" + profile,
                        "--window-size=" + width + "," + height)
                .forEach(arguments::add);
        return body;
    }

    private JsonNode post(String command, ObjectNode body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(session + command))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        return send(request);
    }

    private JsonNode send(HttpRequest request) throws IOException {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(request.uri() + ": " + response.body());
            }
            return JSON.readTree(response.body()).get("value");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    void go(URI page) throws IOException {
        post("/url", JSON.createObjectNode().put("url", page.toString()));
    }

    /** Runs the body of a JavaScript function in the page and returns its result. */
    JsonNode run(String script) throws IOException {
        ObjectNode body = JSON.createObjectNode().put("script", script);
        body.putArray("args");
        return post("/execute/sync", body);
    }

    /** Runs a script that returns a list of texts. */
    List<String> texts(String script) throws IOException {
        List<String> texts = new ArrayList<>();
        run(script).forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** The messages of the console since the last call. */
    List<String> console() throws IOException {
        List<String> messages = new ArrayList<>();
        post("/se/log", JSON.createObjectNode().put("type", "browser"))
                .forEach(entry -> messages.add(
                        entry.get("level").asText() + " " + entry.get("message").asText()));
        return messages;
    }

    @Override
    public void close() throws IOException {
        try {
            send(HttpRequest.newBuilder(URI.create(session)).DELETE().build());
        } finally {
            driver.destroy();
        }
    }
}
