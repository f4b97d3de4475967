package dev.whippletree.gateway.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.clients.Client;
import dev.whippletree.gateway.http.HttpRefusals;
import dev.whippletree.gateway.http.HttpServer;
import dev.whippletree.gateway.http.MemoryBudget;
import dev.whippletree.gateway.http.RequestBody;
import dev.whippletree.gateway.http.RequestLabel;
import dev.whippletree.gateway.http.RequestNotes;
import dev.whippletree.gateway.prompt.GatewayParts;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.VirtualTimeline;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.PathHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches on a machine that has no thread left now and then. */
final class BatchThreadsTest {

    private static final Duration PAUSE = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final GatewayParts parts = mock(GatewayParts.class);
    private final Access access = mock(Access.class, RETURNS_DEEP_STUBS);
    private GatewaySettings.Batches settings = GatewaySettings.Batches.in(Path.of(""));
    private int begun;
    private int lacking;

    @BeforeEach
    void prepare() {
        settings = GatewaySettings.Batches.in(folder);
        when(access.clients().named("alice")).thenReturn(Optional.empty());
        when(access.clients().of(any()).tenant()).thenReturn("");
        when(parts.access()).thenReturn(() -> access);
        when(parts.timeline()).thenReturn(timeline);
        when(parts.settings()).thenReturn(GatewaySettings.DEFAULT);
    }

    /** All that one of these begins has no thread. */
    private GatewayBatches without(int first, int last) {
        return new GatewayBatches(settings, parts, work -> {
            begun++;
            if (begun >= first && begun <= last) {
                lacking++;
                throw new OutOfMemoryError("for the test");
            }
            work.run();
        });
    }

    @Test
    void lookThatHasNoThread_isTriedAgain() {
        try (LoggedLines log = new LoggedLines(GatewayBatches.class)) {
            without(2, 3).begin();
            timeline.advance(PAUSE.multipliedBy(3));

            assertThat(begun).isEqualTo(4);
            assertThat(log.all()).hasSize(2).allMatch(line -> line.contains("tried again"));
        }
    }

    @Test
    void batchThatHasNoThread_isLeftForAMinute() throws Exception {
        ClientFolder.prepare(settings);
        ClientFolder client = ClientFolder.of(settings, "alice");
        String id = "batch_00000000000000000000000000000001";
        Map<String, Object> asked = new HashMap<>(OverBatches.asked(id, "alice", "file-1", 0));
        asked.put("expires_at", 1);
        BatchPlace batch = client.create(id, asked);
        try (LoggedLines log = new LoggedLines(GatewayBatches.class)) {
            without(2, 2).begin();
            assertThat(lacking).isEqualTo(1);
            assertThat(log.all()).singleElement().asString().contains(batch.folder() + " can't be used now");

            timeline.advance(Duration.ofMinutes(1).minus(PAUSE));
            assertThat(batch.end()).isEmpty();

            timeline.advance(PAUSE.multipliedBy(2));
            assertThat(batch.end()).hasValueSatisfying(end -> assertThat(end).containsEntry("status", "expired"));
        }
    }

    @Test
    void manyBatchesOfAClient_twoBeginAtOnce() throws Exception {
        when(access.clients().named("alice")).thenReturn(Optional.of(mock(Client.class)));
        ClientFolder.prepare(settings);
        ClientFolder client = ClientFolder.of(settings, "alice");
        for (int batch = 1; batch < 6; batch++) {
            String id = "batch_0000000000000000000000000000000" + batch;
            client.create(id, OverBatches.asked(id, "alice", "file-1", 0));
        }
        try (LoggedLines log = new LoggedLines(GatewayBatches.class)) {
            without(2, 6).begin();

            assertThat(lacking).isEqualTo(2);
            assertThat(log.all()).hasSize(2);
        }
    }

    /** Its lock is free, since what ended it runs no more. */
    @Test
    void batchThatEndsBeforeItsTurn_keepsItsEnd() throws Exception {
        ClientFolder.prepare(settings);
        String id = "batch_00000000000000000000000000000001";
        Map<String, Object> asked = new HashMap<>(OverBatches.asked(id, "alice", "file-1", 0));
        asked.put("expires_at", 1);
        BatchPlace batch = ClientFolder.of(settings, "alice").create(id, asked);
        GatewayBatches batches = new GatewayBatches(settings, parts, work -> {
            begun++;
            if (begun == 2) {
                end(batch);
            }
            work.run();
        });

        batches.begin();

        assertThat(batch.end()).hasValueSatisfying(end -> assertThat(end).containsEntry("status", "cancelled"));
    }

    private void end(BatchPlace batch) {
        try {
            batch.end(
                    Map.of("status", "cancelled", "cancelled_at", timeline.now().getEpochSecond()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever stops it isn't interested in what fails. */
    @Test
    void batchThatIsFoundWhileTheGatewayCloses_isStopped() throws Exception {
        ClientFolder.prepare(settings);
        String id = "batch_00000000000000000000000000000001";
        ClientFolder.of(settings, "alice").create(id, OverBatches.asked(id, "alice", "file-1", 0));
        GatewayBatches batches = without(2, 2);
        when(access.clients().named("alice")).then(asked -> {
            batches.close(Duration.ZERO);
            return Optional.of(mock(Client.class));
        });
        try (LoggedLines log = new LoggedLines(GatewayBatches.class)) {
            batches.begin();

            assertThat(lacking).isEqualTo(1);
            assertThat(log.all()).isEmpty();
        }
    }

    /** It is taken in one piece: then a thread is needed for that piece, and one to keep the file. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void uploadThatHasNoThread_isRefused_andLeavesNothing(int lackingFrom) throws Exception {
        settings = new GatewaySettings.Batches(
                folder, settings.keep(), 100, 100, 1, settings.mostLines(), settings.mostOpen(), false);
        HttpServer server = serve(without(lackingFrom, 2));
        try {
            HttpResponse<String> refused = upload(server);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("\"gateway_busy\"", "no thread left");
            assertThat(folder.resolve("coming")).isEmptyDirectory();

            assertThat(upload(server).statusCode()).isEqualTo(200);
        } finally {
            server.stop();
        }
    }

    /** Each piece needs a thread. */
    @Test
    void downloadThatHasNoThread_isRefused_orWaitsOnceItHasBegun() throws Exception {
        String content = "x".repeat(64 * 1024 + 1);
        String id = "file-00000000000000000000000000000001";
        Files.createDirectories(folder.resolve("clients"));
        Path upload = Files.createDirectories(folder.resolve("coming").resolve(id));
        Files.writeString(upload.resolve("content"), content);
        Map<String, Object> about = ClientFolder.json(id, "a", StoredFile.INPUT, content.length(), 5, 4_000_000_000L);
        about.put("lines", 1);
        ClientFolder.of(settings, "").publish(upload, about);
        HttpServer server = serve(without(1, 1));
        try {
            HttpRequest.Builder download = request(server, "/v1/files/" + id + "/content");
            HttpResponse<String> refused = send(download);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("\"gateway_busy\"", "no thread left");
            assertThat(send(download).body()).isEqualTo(content);
        } finally {
            server.stop();
        }

        begun = 0;
        server = serve(without(2, 2));
        try {
            assertThat(send(request(server, "/v1/files/" + id + "/content")).body())
                    .isEqualTo(content);
            assertThat(lacking).isEqualTo(2);
        } finally {
            server.stop();
        }
    }

    private HttpServer serve(GatewayBatches batches) throws IOException {
        GatewaySettings.Bounds bounds = GatewaySettings.DEFAULT.bounds();
        when(parts.bodies()).thenReturn(new RequestBody(bounds, new MemoryBudget(bounds.memoryBytes())));
        HttpHandler files = batches.handlers().get("/v1/files");
        return HttpServer.start(
                GatewaySettings.DEFAULT.withPort(0),
                RequestNotes.noting(
                        timeline::nanoTime,
                        new HttpRefusals(timeline),
                        ended -> {},
                        RequestLabel.labelling(
                                timeline, Map.of(), new PathHandler().addPrefixPath("/v1/files", files))));
    }

    private static HttpRequest.Builder request(HttpServer server, String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://localhost:" + server.address().getPort() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> upload(HttpServer server) throws Exception {
        String form = UploadTest.field("purpose", "batch") + "\r\n" + UploadTest.file("x") + "\r\n--b-7--\r\n";
        return send(request(server, "/v1/files")
                .header("Content-Type", "multipart/form-data; boundary=b-7")
                .POST(BodyPublishers.ofString(form)));
    }

    @Test
    void anotherFailureInAFolder_isToldToo() {
        GatewayBatches batches = without(0, 0);
        try (LoggedLines log = new LoggedLines(GatewayBatches.class)) {
            for (String why : new String[] {"one", "one", "two"}) {
                batches.leave(folder, new IllegalStateException(why));
            }
            assertThat(log.all()).hasSize(2);
        }
    }
}
