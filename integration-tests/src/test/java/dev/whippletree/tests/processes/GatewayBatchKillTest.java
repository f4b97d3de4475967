package dev.whippletree.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.testkit.emulator.EmulatedServices;
import dev.whippletree.tests.CommandProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two {@code whippletree serve} that share a folder of batches, of which one or the other is killed as {@code kill -9}
 * does, over emulated services.
 */
final class GatewayBatchKillTest {

    private static final Duration PATIENCE = Duration.ofMinutes(60);

    /** What docs/gateway-batches.md promises, with the checking of the lines. */
    private static final Duration TAKEN_OVER = Duration.ofSeconds(30);

    private static final String BOUNDARY = "lines-of-a-batch";

    @RegisterExtension
    static final EmulatedServices SERVICES = KillStage.services(300);

    /** Answers at once. */
    @RegisterExtension
    static final EmulatedServices QUICK = KillStage.services(5);

    private final HttpClient http = HttpClient.newHttpClient();
    private final CommandProcess[] replicas = new CommandProcess[2];
    private final String[] urls = new String[2];

    @TempDir
    private Path folder;

    @AfterEach
    void end() {
        for (CommandProcess replica : replicas) {
            if (replica != null) {
                replica.close();
            }
        }
    }

    /** The replica that is killed is the one that runs the batch: the first alone begins it. */
    @Test
    @Tag("thorough")
    void killedTenTimes_gives100000Lines_oneResultEach() throws Exception {
        int lines = 100_000;
        int kills = 10;
        long callsBefore = SERVICES.stats(ServiceKind.HUGGING_FACE).calls();
        start(0, SERVICES);
        String batch = create(upload(lines, ""));
        await().atMost(PATIENCE).until(() -> completed(0, batch) > 0);
        start(1, SERVICES);
        for (int kill = 0; kill < kills; kill++) {
            int one = kill % 2;
            int other = 1 - one;
            long wanted = (long) lines * (kill + 1) / (kills + 2);
            await().atMost(PATIENCE).until(() -> completed(other, batch) >= wanted);
            replicas[one].process().destroyForcibly().waitFor();
            long before = completed(other, batch);
            assertThat(before).as("lines when it is killed").isLessThan(lines);
            await().atMost(TAKEN_OVER).until(() -> completed(other, batch) > before);
            start(one, SERVICES);
        }
        JsonNode ended = awaitCompleted(0, batch);
        assertThat(ended.at("/request_counts/completed").asInt()).isEqualTo(lines);
        List<String> ids = text(0, "/files/" + ended.path("output_file_id").asString() + "/content")
                .lines()
                .map(line ->
                        JsonMapper.shared().readTree(line).path("custom_id").asString())
                .toList();
        assertThat(ids).hasSize(lines).doesNotHaveDuplicates();
        assertThat(ended.path("error_file_id").isNull()).isTrue();
        assertThat(SERVICES.stats(ServiceKind.HUGGING_FACE).calls() - callsBefore)
                .as("calls made again")
                .isBetween((long) lines, (long) lines + (long) kills * KillStage.MOST_UNWRITTEN);
    }

    /** A gigabyte is uploaded, checked, asked and answered. Of its lines, nothing stays in memory but digests. */
    @Test
    @Tag("thorough")
    void millionLinesOfAGigabyte_areAnswered_withAHeapOf256MB() throws Exception {
        start(0, QUICK);
        int lines = 1_000_000;
        String file = upload(lines, " " + "x".repeat(900));
        assertThat(get(0, "/files/" + file).path("bytes").asLong()).isBetween(1_000_000_000L, 1L << 30);
        String batch = create(file);
        JsonNode ended = awaitCompleted(0, batch);

        assertThat(ended.at("/request_counts/completed").asInt()).isEqualTo(lines);
        assertThat(QUICK.stats(ServiceKind.HUGGING_FACE).calls()).isEqualTo(lines);
        assertThat(replicas[0].process().isAlive()).isTrue();
    }

    private String create(String file) throws Exception {
        return post(
                        0,
                        "/batches",
                        "{\"input_file_id\":\"" + file
                                + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}")
                .path("id")
                .asString();
    }

    private JsonNode awaitCompleted(int replica, String batch) throws Exception {
        await().atMost(PATIENCE)
                .until(() -> get(replica, "/batches/" + batch)
                        .path("status")
                        .asString()
                        .equals("completed"));
        return get(replica, "/batches/" + batch);
    }

    private void start(int replica, EmulatedServices services) throws IOException {
        Path own = Files.createDirectories(folder.resolve("replica-" + replica));
        replicas[replica] = KillStage.start(
                own,
                services,
                "gateway: {batches: {folder: ../shared}}\n",
                "-Xmx256m",
                "serve",
                "--port=0",
                "--config=whippletree.yaml");
        urls[replica] = replicas[replica].awaitText("out", "Whippletree serves (http\\S+)");
    }

    private String upload(int lines, String more) throws Exception {
        Path form = folder.resolve("form");
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(form))) {
            out.print(head("name=\"purpose\"") + "batch\r\n" + head("name=\"file\"; filename=\"lines.jsonl\""));
            for (int line = 0; line < lines; line++) {
                out.print("{\"custom_id\":\"r" + line
                        + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"default\","
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Question " + line + more + "\"}]}}\n");
            }
            out.print("\r\n--" + BOUNDARY + "--\r\n");
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(urls[0] + "/files"))
                .header("content-type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofFile(form))
                .build();
        return json(request).path("id").asString();
    }

    private static String head(String named) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + named + "\r\n\r\n";
    }

    private int completed(int replica, String batch) throws Exception {
        return get(replica, "/batches/" + batch).at("/request_counts/completed").asInt();
    }

    private JsonNode get(int replica, String path) throws Exception {
        return json(HttpRequest.newBuilder(URI.create(urls[replica] + path)).build());
    }

    private JsonNode post(int replica, String path, String body) throws Exception {
        return json(HttpRequest.newBuilder(URI.create(urls[replica] + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private String text(int replica, String path) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create(urls[replica] + path)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private JsonNode json(HttpRequest request) throws Exception {
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }
}
