package dev.whippletree.tests.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.tests.CommandProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A gateway in a process of its own, started by {@code whippletree serve}, and what the operating system and the JVM
 * tell of it. Linux only. Confined to one thread.
 */
final class ServedGateway implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern USED = Pattern.compile("garbage-first heap .*used (\\d+)K");
    private static final JsonMapper JSON = new JsonMapper();

    private final CommandProcess command;
    private final String watchKey;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;

    /**
     * What a process holds when nothing is under way. Immutable.
     *
     * @param heapKilobytes used after a full collection
     * @param threads of the process
     * @param files open, sockets included
     */
    record Holdings(long heapKilobytes, long threads, long files) {}

    /**
     * Starts one with the configuration {@code whippletree.yaml} of a folder. Blocks until it listens.
     *
     * @param watchKey of that configuration
     * @param heap the most heap it gets, such as {@code 128m}
     */
    ServedGateway(Path folder, String watchKey, String heap) throws IOException {
        this.watchKey = watchKey;
        this.command = CommandProcess.start(
                folder,
                Map.of(),
                List.of("-XX:TieredStopAtLevel=4", "-XX:-UseSerialGC", "-XX:+UseG1GC", "-Xmx" + heap),
                "serve",
                "--port=0");
        this.url = command.awaitText("out", "Whippletree serves (\\S+)/v1");
    }

    /** Returns its address, without a slash at the end. */
    String url() {
        return url;
    }

    CommandProcess command() {
        return command;
    }

    /** Returns what it tells of itself. Blocks. */
    JsonNode status() {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/status"))
                .header("Authorization", "Bearer " + watchKey)
                .timeout(PATIENCE)
                .build();
        try {
            return JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this test", e);
        }
    }

    /** Waits until no prompt, no call and no request but this question is under way. Blocks. */
    void awaitQuiet() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode status = status();
            assertThat(status.at("/prompts/under_way").asLong(-1)).isZero();
            assertThat(status.at("/in_flight").asLong(-1)).isZero();
            assertThat(status.at("/waiting").asLong(-1)).isZero();
            assertThat(status.at("/gateway/requests").asLong(-1)).isEqualTo(1);
            assertThat(status.at("/gateway/connections").asLong(-1)).isEqualTo(1);
        });
    }

    /** Collects its garbage and returns what it still holds. Blocks. */
    Holdings holdings() throws IOException, InterruptedException {
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        assertThat(used.find()).as("the heap's use is told").isTrue();
        Path proc = Path.of("/proc", Long.toString(command.process().pid()));
        try (Stream<Path> files = Files.list(proc.resolve("fd"));
                Stream<Path> threads = Files.list(proc.resolve("task"))) {
            return new Holdings(Long.parseLong(used.group(1)), threads.count(), files.count());
        }
    }

    private String jcmd(String order) throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty("childJdk"), "bin", "jcmd");
        Process asked = new ProcessBuilder(
                        tool.toString(), Long.toString(command.process().pid()), order)
                .redirectErrorStream(true)
                .start();
        String said = new String(asked.getInputStream().readAllBytes(), UTF_8);
        asked.waitFor();
        return said;
    }

    @Override
    public void close() {
        command.close();
    }
}
