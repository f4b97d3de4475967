package dev.whippletree.gateway.batches;

import static dev.whippletree.gateway.RunningGateway.assertError;
import static dev.whippletree.gateway.RunningGateway.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.ManualTimeline;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.chat.ChatRequest;
import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.prompt.GatewayParts;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.testkit.shared.Garbage;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.Timeline;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xnio.IoUtils;

/** Files and batches as OpenAI's clients use them. */
final class GatewayBatchesTest extends OverBatches {

    private static final String[] ALICE = {"Authorization", "Bearer key-of-alice-0001"};
    private static final String[] BOB = {"Authorization", "Bearer key-of-bob-000001"};

    private RunningGateway running;

    @BeforeEach
    void open() {
        open(GatewaySettings.DEFAULT);
    }

    private void open(GatewaySettings settings) {
        open(settings.withBatches(batches()), OverBatches::answer);
    }

    private void open(GatewaySettings settings, Consumer<ScriptedProvider.Call> service) {
        close();
        ScriptedProvider provider = new ScriptedProvider();
        provider.usually(service);
        running = new RunningGateway(settings, provider);
    }

    private void openBounded(int files, int lines, int open) {
        GatewaySettings.Batches usual = batches();
        open(
                GatewaySettings.DEFAULT.withBatches(
                        new GatewaySettings.Batches(folder, usual.keep(), 1_000, 10_000, files, lines, open, false)),
                call -> {});
    }

    private static GatewaySettings twoClients() {
        return RunningGateway.with(
                RunningGateway.client("alice", "key-of-alice-0001"), RunningGateway.client("bob", "key-of-bob-000001"));
    }

    @AfterEach
    void close() {
        if (running != null) {
            running.close();
        }
    }

    @Test
    void file_isUploaded_listed_readAndDeleted() throws Exception {
        HttpResponse<String> stored = upload(running, "one\ntwo");
        String id = at(stored, "id");

        assertThat(RunningGateway.json(stored))
                .containsEntry("object", "file")
                .containsEntry("bytes", 7)
                .containsEntry("filename", "in.jsonl")
                .containsEntry("purpose", "batch")
                .containsEntry("status", "processed");
        assertThat(running.get("/v1/files/" + id).body()).isEqualTo(stored.body());
        assertThat(running.get("/v1/files/" + id + "/content").body()).isEqualTo("one\ntwo");
        String second = uploaded(running, "three");
        assertThat(at(running.get("/v1/files?limit=1&order=asc"), "has_more")).isEqualTo("true");
        assertThat(List.of(
                        at(running.get("/v1/files?limit=1"), "data.0.id"),
                        at(
                                running.get(
                                        "/v1/files?limit=1&after=" + at(running.get("/v1/files?limit=1"), "last_id")),
                                "data.0.id")))
                .containsExactly(second, id);
        assertThat(at(running.get("/v1/files?purpose=batch_output"), "data")).isEqualTo("[]");

        assertThat(RunningGateway.json(delete(running, id)))
                .isEqualTo(Map.of("id", id, "object", "file", "deleted", true));
        assertError(running.get("/v1/files/" + id), 404, "not_found", "No such File object: " + id);
        assertError(running.get("/v1/files/" + id + "/content"), 404, "not_found", "No such File object");
        assertError(delete(running, id), 404, "not_found", "No such File object");
        assertError(running.get("/v1/files?limit=0"), 400, "invalid_value", "'limit' must be 1 to 10000");
        for (String list : List.of("/v1/files", "/v1/batches")) {
            HttpResponse<String> refused = running.get(list + "?order=sideways");
            assertError(refused, 400, "invalid_value", "'order' must be asc or desc, not sideways");
            assertThat(at(refused, "error.param")).isEqualTo("order");
            assertThat(running.get(list + "?order=desc").statusCode()).isEqualTo(200);
        }
        assertError(running.get("/v1/files/..%2f..%2fx/content"), 404, "not_found", "No such File object");
    }

    /** The last one of a page is gone when the next page is wanted. */
    @Test
    void clientThatDeletesWhatItLists_deletesAll() throws Exception {
        for (int file = 0; file < 5; file++) {
            uploaded(running, "one");
        }
        HttpResponse<String> page = running.get("/v1/files?limit=2");
        for (int files = 5; files > 0; files -= 2) {
            for (int place = 0; place < Math.min(2, files); place++) {
                delete(running, at(page, "data." + place + ".id"));
            }
            page = running.get("/v1/files?limit=2&after=" + at(page, "last_id"));
        }

        assertThat(at(running.get("/v1/files"), "data")).isEqualTo("[]");
    }

    @Test
    void listGoesOn_whereTheItemWasThatIsGone() throws Exception {
        List<String> files = new ArrayList<>();
        for (int file = 0; file < 4; file++) {
            files.add(0, uploaded(running, lines("one")));
        }
        assertThat(idsOf("/v1/files")).isEqualTo(files);
        delete(running, files.get(1));
        assertThat(idsOf("/v1/files?after=" + files.get(1))).isEqualTo(files.subList(2, 4));
        assertThat(idsOf("/v1/files?order=asc&after=" + files.get(1))).containsExactly(files.get(0));
        assertThat(idsOf("/v1/files?after=")).hasSize(3);

        String first = at(create(running, files.get(0), CHAT), "id");
        String output = at(until(running, first, "completed"), "output_file_id");
        String second = at(create(running, files.get(0), CHAT), "id");
        assertThat(idsOf("/v1/batches")).containsExactly(second, first);
        delete(running, output);
        assertThat(idsOf("/v1/files?purpose=batch&after=" + output)).isEqualTo(idsOf("/v1/files?purpose=batch"));

        for (String list : List.of("/v1/files", "/v1/batches")) {
            HttpResponse<String> refused = running.get(list + "?after=nothing");
            assertError(refused, 400, "invalid_value", "'after' must be the id of a file or a batch, not nothing");
            assertThat(at(refused, "error.param")).isEqualTo("after");
        }
    }

    private List<String> idsOf(String list) throws Exception {
        return ((List<?>) RunningGateway.json(running.get(list)).get("data"))
                .stream()
                        .map(item -> String.valueOf(((Map<?, ?>) item).get("id")))
                        .toList();
    }

    /** No array is as long as what is said of this file. */
    @Test
    void errorThatIsNoException_isAnswered() throws Exception {
        String file = uploaded(running, "one");
        Path content = ClientFolder.of(batches(), "").file(file).orElseThrow().content();
        File json = content.resolveSibling("file.json").toFile();
        try (LoggedLines log = new LoggedLines("dev.whippletree.gateway.batches");
                RandomAccessFile about = new RandomAccessFile(json, "rw")) {
            about.setLength(1L << 31);

            assertError(running.get("/v1/files/" + file), 500, "internal_error", "see its log");
            assertThat(log.all()).anyMatch(line -> line.startsWith("ERROR Request "));
        }
    }

    /** No file has so few bytes. */
    @Test
    void fileThatCantBeSent_endsItsConnection() throws Exception {
        String file = uploaded(running, "one");
        Path content = ClientFolder.of(batches(), "").file(file).orElseThrow().content();
        Path json = content.resolveSibling("file.json");
        Files.writeString(json, Files.readString(json).replace("\"bytes\":3", "\"bytes\":-3"));
        try (LoggedLines log = new LoggedLines("dev.whippletree.gateway.http.Response")) {
            assertThat(catchThrowable(() -> running.get("/v1/files/" + file + "/content")))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(HttpTimeoutException.class);
            assertThat(log.all()).anyMatch(line -> line.contains("couldn't be answered"));
        }
    }

    @Test
    void uploadThatIsNoForm_isRefused() throws Exception {
        assertError(running.postTo("/v1/files", "{}"), 400, "invalid_value", "send multipart/form-data");
        assertError(
                running.postTo("/v1/files", "x", "content-type", "multipart/form-data; boundary=b"),
                400,
                "invalid_value",
                "'file' is missing");
        assertThat(coming()).isZero();
    }

    private static String head(String length) {
        return "POST /v1/files HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: multipart/form-data; boundary=b-7\r\n" + length + "\r\n\r\n";
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        RunningGateway.settle();
    }

    /** The gateway waits for each piece anew. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void uploadThatComesInPieces_isWhole(boolean chunked) throws Exception {
        String form = UploadTest.field("purpose", "batch") + "\r\n" + UploadTest.file("one\ntwo\n") + "\r\n--b-7--\r\n";
        String head = head(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + form.length());
        try (Socket socket = running.send(head)) {
            for (int from = 0; from < form.length(); from += 7) {
                String piece = form.substring(from, Math.min(form.length(), from + 7));
                write(socket, chunked ? Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n" : piece);
            }
            if (chunked) {
                write(socket, "0\r\n\r\n");
            }
            assertThat(RunningGateway.readAll(socket)).contains("200 OK", "\"bytes\":8");
        }
        assertThat(at(running.get("/v1/files"), "data.0.bytes")).isEqualTo("8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"z\r\n", "3\nabc\r\n", "3\r\nabcd\r\n"})
    void uploadInMalformedChunks_isToldSo(String chunks) throws Exception {
        try (Socket socket = running.send(head("Transfer-Encoding: chunked") + chunks)) {
            assertThat(RunningGateway.readAll(socket))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("malformed_request");
        }
        assertThat(at(running.get("/v1/files"), "data")).isEqualTo("[]");
    }

    @Test
    void packedUpload_isToldToComeUnpacked() throws Exception {
        try (Socket socket = running.send(head("Content-Encoding: gzip\r\nContent-Length: 0"))) {
            assertThat(RunningGateway.readAll(socket))
                    .startsWith("HTTP/1.1 415 ")
                    .contains("can't unpack Content-Encoding 'gzip'; send the body unpacked\"");
        }
    }

    private long coming() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("coming"))) {
            return all.count();
        }
    }

    @Test
    void clientThatLeavesAnUpload_leavesNothing() throws Exception {
        try (Socket socket = running.send(head("Content-Length: 100000"))) {
            write(socket, UploadTest.file("one\n"));
            while (coming() == 0) {
                Thread.onSpinWait();
            }
        }
        while (coming() > 0) {
            Thread.onSpinWait();
        }

        assertThat(at(running.get("/v1/files"), "data")).isEqualTo("[]");
    }

    @Test
    void batch_isAskedWithBatchPriority_andHasAnOutputAndAnErrorFile() throws Exception {
        String id = begun(running, lines("one", "bad two", "three"));
        HttpResponse<String> ended = until(running, id, "completed");

        assertThat(running.provider.call().prompt().priority()).isEqualTo(Priority.BATCH);
        assertThat(at(ended, "request_counts")).isEqualTo("{total=3, completed=2, failed=1}");
        assertThat(at(ended, "metadata.of")).isEqualTo("me");
        assertThat(Long.parseLong(at(ended, "expires_at")) - Long.parseLong(at(ended, "created_at")))
                .isEqualTo(86_400);
        assertThat(Stream.of("in_progress_at", "finalizing_at", "completed_at").map(field -> at(ended, field)))
                .allMatch(time -> time.matches("\\d+"));
        assertThat(Stream.of("failed_at", "expired_at", "cancelling_at", "cancelled_at", "errors")
                        .map(field -> at(ended, field)))
                .containsOnly("null");
        assertThat(content(running, ended, "output"))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("\"custom_id\":\"id-one\"", "\"content\":\"ONE\""))
                .anySatisfy(line -> assertThat(line).contains("\"custom_id\":\"id-three\"", "\"status_code\":200"));
        assertThat(content(running, ended, "error"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("\"custom_id\":\"id-bad two\"", "\"status_code\":400", "no such thing"));
        assertThat(at(ended, "usage"))
                .isEqualTo("{input_tokens=10, input_tokens_details={cached_tokens=0}, output_tokens=4,"
                        + " output_tokens_details={reasoning_tokens=0}, total_tokens=14}");
        assertThat(at(ended, "model")).isEqualTo("fast");
        assertThat(running.get("/metrics").body())
                .contains(
                        "whippletree_gateway_batches_answered_total 2.0\n",
                        "whippletree_gateway_batches_failed_total 1.0\n");
        assertThat(at(running.get("/v1/batches"), "data.0.id")).isEqualTo(id);
        assertThat(at(running.get("/v1/files?purpose=batch_output"), "data.1.purpose"))
                .isEqualTo("batch_output");
        assertThat(at(delete(running, at(ended, "output_file_id")), "deleted")).isEqualTo("true");
        assertError(
                running.get("/v1/files/" + at(ended, "output_file_id") + "/content"), 404, "not_found", "No such File");
    }

    @Test
    void inputThatIsWrong_failsWithAllItsProblems_beforeAnyCall() throws Exception {
        String id = begun(
                running,
                String.join(
                        "\n",
                        line("a", "one"),
                        "no json",
                        line("b", "two").replace("/v1/chat/completions", "/v1/embeddings"),
                        line("c", "three").replace("fast", "unknown"),
                        line("a", "four"),
                        line("d", "x".repeat(17_000_000))));

        HttpResponse<String> failed = until(running, id, "failed");

        assertThat(at(failed, "errors.data"))
                .contains("code=invalid_json_line")
                .contains("code=url_mismatch", "this batch is for /v1/chat/completions")
                .contains("code=model_not_found", "no route or model is named 'unknown'")
                .contains("code=duplicate_custom_id")
                .contains("this line is longer than 16 MB");
        assertThat(Stream.of(0, 1, 2, 3, 4).map(index -> at(failed, "errors.data." + index + ".line")))
                .containsExactly("2", "3", "4", "6", "5");
        assertThat(at(failed, "request_counts")).isEqualTo("{total=0, completed=0, failed=0}");
        assertThat(at(failed, "output_file_id")).isEqualTo("null");
        assertThat(running.provider.unseenCalls()).isZero();
    }

    /** Each line goes where it says. */
    @Test
    void severalModels_areAllowed() throws Exception {
        HttpResponse<String> ended = until(
                running,
                begun(running, line("a", "one") + "\n" + line("b", "two").replace("fast", "good")),
                "completed");

        assertThat(at(ended, "request_counts")).isEqualTo("{total=2, completed=2, failed=0}");
        assertThat(at(ended, "model")).isEqualTo("null");
        assertThat(List.of(
                        running.provider.call().model(), running.provider.call().model()))
                .containsExactlyInAnyOrder("small-model", "large-model");
    }

    @Test
    void inputThatIsDeletedBeforeItIsRead_fails() throws Exception {
        String file = uploaded(running, lines("one"));
        ClientFolder client = ClientFolder.of(batches(), "");
        String id = "batch_00000000000000000000000000000001";
        client.delete(client.file(file).orElseThrow());
        client.create(id, asked(id, "", file, 1));
        open(GatewaySettings.DEFAULT);

        assertThat(at(until(running, id, "failed"), "errors.data.0.code")).isEqualTo("file_not_found");
    }

    /** Larger than what is read or sent at once. */
    @Test
    void largeFile_comesBackAsItWas() throws Exception {
        String content = IntStream.range(0, 200_000).mapToObj(String::valueOf).collect(Collectors.joining("\n"));
        String id = uploaded(running, content);

        assertThat(running.get("/v1/files/" + id + "/content").body()).isEqualTo(content);
        assertThat(running.send("HEAD", "/v1/files/" + id + "/content").statusCode())
                .isEqualTo(200);
        assertThat(at(running.get("/v1/files/" + uploaded(running, "")), "bytes"))
                .isEqualTo("0");
        assertThat(running.get("/v1/files/" + at(running.get("/v1/files"), "data.0.id") + "/content")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void uploadThatStalls_isCutOff_andLeavesNothing() throws Exception {
        open(RunningGateway.bounded(bounds -> bounds.withClientTimeout(Duration.ofMillis(300))));
        try (Socket socket = running.send(head("Content-Length: 100000") + UploadTest.file("one\n"))) {
            assertThat(RunningGateway.readAll(socket)).isEmpty();
        }
        while (coming() > 0) {
            Thread.onSpinWait();
        }

        assertThat(at(RunningGateway.hastily(() -> running.get("/v1/files")), "data"))
                .isEqualTo("[]");
    }

    @Test
    void gatewayThatIsClosedDuringAnUpload_leavesNothing() throws Exception {
        try (Socket socket = running.send(head("Content-Length: 100000") + UploadTest.file("one\n"))) {
            while (coming() == 0) {
                Thread.onSpinWait();
            }
            close();
        }
        while (coming() > 0) {
            Thread.onSpinWait();
        }
        open(GatewaySettings.DEFAULT);

        assertThat(at(running.get("/v1/files"), "data")).isEqualTo("[]");
    }

    @Test
    void gatewayThatIsClosedWhileLinesAreChecked_leavesThemToTheNext() throws Exception {
        String many = IntStream.range(0, 5_000)
                .mapToObj(number -> line("id-" + number, "same"))
                .collect(Collectors.joining("\n"));
        String id = begun(running, many);
        close();
        open(GatewaySettings.DEFAULT);

        assertThat(at(until(running, id, "completed"), "request_counts.completed"))
                .isEqualTo("5000");
    }

    /** Its batch has begun already, and has an answer. */
    @Test
    void contentThatIsAFolder_isUnreadable_andItsBatchFails() throws Exception {
        open(GatewaySettings.DEFAULT.withBatches(batches()), call -> {
            if (call.prompt().messages().get(0).text().equals("one")) {
                answer(call);
            }
        });
        String file = uploaded(running, lines("one", "two"));
        String id = at(create(running, file, CHAT), "id");
        while (!at(running.get("/v1/batches/" + id), "request_counts.completed").equals("1")) {
            Thread.onSpinWait();
        }
        close();
        Path content = ClientFolder.of(batches(), "").file(file).orElseThrow().content();
        Files.delete(content);
        Files.createDirectory(content);

        open(GatewaySettings.DEFAULT);
        HttpResponse<String> failed = until(running, id, "failed");

        assertThat(at(failed, "errors.data.0.message")).isEqualTo("the input file has been deleted, or is damaged");
        assertThat(content(running, failed, "output")).hasSize(1);
        for (String path : List.of("", "/content")) {
            assertError(running.get("/v1/files/" + file + path), 500, "storage_failed", "can't read or change " + file);
        }
        assertThat(running.get("/v1/files").body()).doesNotContain(file);
    }

    @Test
    void uploadWhoseDescriptionIsDamaged_isAskedAllTheSame() throws Exception {
        close();
        ClientFolder client = ClientFolder.of(batches(), "");
        String file = "file-00000000000000000000000000000001";
        Path place = Files.createDirectories(client.folder().resolve("files").resolve(file));
        Files.writeString(place.resolve("content"), lines("one"));
        Files.writeString(place.resolve("file.json"), "{}");
        String id = "batch_00000000000000000000000000000001";
        client.create(id, asked(id, "", file, 1));
        open(GatewaySettings.DEFAULT);

        until(running, id, "completed");
    }

    /** It would never be read to its end. */
    @Tag("slow")
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no such pipes")
    void pipeInPlaceOfAFile_hangsNobody() throws Exception {
        String file = uploaded(running, lines("one"));
        Path about = ClientFolder.of(batches(), "")
                .file(file)
                .orElseThrow()
                .content()
                .resolveSibling("file.json");
        Files.delete(about);
        assertThat(new ProcessBuilder("mkfifo", about.toString()).start().waitFor())
                .isZero();

        assertThat(at(running.get("/v1/files"), "data")).isEqualTo("[]");
        assertError(running.get("/v1/files/" + file), 500, "storage_failed", "can't read or change " + file);
    }

    /** A virtual thread would hold up those of others, on which answers are delivered. */
    @Tag("slow")
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no such pipes")
    void inputThatCantBeReadNow_holdsUpAThreadOfTheBatchesAlone() throws Exception {
        String file = uploaded(running, lines("one"));
        Path content = ClientFolder.of(batches(), "").file(file).orElseThrow().content();
        Path whole = Files.move(content, folder.resolve("whole"));
        assertThat(new ProcessBuilder("mkfifo", content.toString()).start().waitFor())
                .isZero();
        String id = at(create(running, file, CHAT), "id");
        try (OutputStream pipe = Files.newOutputStream(content, StandardOpenOption.WRITE)) {
            assertThat(Thread.getAllStackTraces().entrySet())
                    .filteredOn(thread -> Stream.of(thread.getValue())
                            .anyMatch(frame -> frame.getClassName().endsWith(".InputCheck")))
                    .extracting(thread -> thread.getKey().getName())
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(name).startsWith("whippletree-gateway-batch-"));
            pipe.write(Files.readAllBytes(whole));
            Files.move(whole, content, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        until(running, id, "completed");
    }

    @Test
    void stoppedReader_readsNoFurtherLine() throws Exception {
        BatchPlace batch = new BatchPlace(folder, Map.of("client", "", "endpoint", CHAT));
        BatchLines lines = new BatchLines(batch, ChatRequest::read, () -> {
            throw new AssertionError("nothing is read");
        });
        lines.stop();

        assertThat(catchThrowable(() -> lines.read(CHAT, Map.of(), Optional.empty())))
                .isInstanceOf(CancellationException.class);
    }

    /** Each may be as long as a line. */
    @Test
    void promptsOfLines_areNotKept() {
        try (SystemTimeline timeline = new SystemTimeline()) {
            Access access =
                    Access.of(running.whippletree.configuration(), GatewaySettings.DEFAULT, timeline, Optional.empty());
            BatchPlace batch = new BatchPlace(folder, Map.of("client", "", "endpoint", CHAT));
            BatchLines lines = new BatchLines(batch, ChatRequest::read, () -> access);
            Map<String, Object> body =
                    RunningGateway.quoted("{'model':'fast','messages':[{'role':'user','content':'Hi'}]}");
            WeakReference<Prompt> prompt = new WeakReference<>(lines.read(CHAT, body, Optional.empty()));

            assertThat(Garbage.isGone(prompt)).isTrue();
            assertThat(lines.model()).isEqualTo("fast");
        }
    }

    /** Without memory, it is left to another gateway that has some, or to this one in a minute. */
    @Test
    void errorThatIsNoException_givesTheBatchUp() throws Exception {
        try (SystemTimeline timeline = new SystemTimeline()) {
            GatewayParts parts = mock(GatewayParts.class);
            when(parts.timeline()).thenReturn(timeline);
            when(parts.settings()).thenReturn(GatewaySettings.DEFAULT);
            BatchPlace batch = new BatchPlace(folder, Map.of("client", "", "endpoint", CHAT));
            BatchLines lines = new BatchLines(batch, ChatRequest::read, () -> {
                throw new OutOfMemoryError("for the test");
            });
            AtomicBoolean unlocked = new AtomicBoolean();
            BatchRunner runner = new BatchRunner(
                    batch, () -> unlocked.set(true), Optional.empty(), lines, parts, result -> {}, Runnable::run);

            runner.begin();

            assertThat(runner.over()).isCompletedExceptionally();
            assertThat(unlocked).isTrue();
        }
    }

    /** A journal that can't be forced to disk ends its run with that. */
    @Test
    void batchWhoseFilesFail_saysWhatHoldsIt() throws Exception {
        String id = "batch_00000000000000000000000000000001";
        BatchPlace batch = ClientFolder.of(batches(), "").create(id, asked(id, "", "file-1", 0));
        Closeable lock = BatchFile.lock(batch.answers()).orElseThrow();
        GatewayParts parts = mock(GatewayParts.class);
        when(parts.timeline()).thenReturn(new ManualTimeline());
        when(parts.settings()).thenReturn(GatewaySettings.DEFAULT);
        BatchLines lines = new BatchLines(batch, ChatRequest::read, parts.access());
        BatchRunner runner = new BatchRunner(batch, lock, Optional.empty(), lines, parts, result -> {}, Runnable::run);

        runner.giveUp(new CompletionException(new UncheckedIOException(new IOException("no such device"))));

        assertThat(batch.json(true, 0))
                .hasEntrySatisfying(
                        "whippletree",
                        whippletree -> assertThat(String.valueOf(whippletree)).contains("held=", "no such device"));
    }

    /** Returns where a batch lies that the gateway doesn't know. */
    private BatchPlace placeApart(String client) throws Exception {
        String id = "batch_00000000000000000000000000000001";
        GatewaySettings.Batches apart = GatewaySettings.Batches.in(folder.resolve("apart"));
        ClientFolder.prepare(apart);
        return ClientFolder.of(apart, client).create(id, asked(id, client, "file-1", 0));
    }

    /** Returns a runner of a batch of one line. */
    private BatchRunner runnerOf(BatchPlace batch, Access access, Timeline timeline, Executor executor)
            throws Exception {
        GatewayParts parts = mock(GatewayParts.class);
        when(parts.whippletree()).thenReturn(running.whippletree);
        when(parts.access()).thenReturn(() -> access);
        when(parts.timeline()).thenReturn(timeline);
        when(parts.settings()).thenReturn(GatewaySettings.DEFAULT);
        return new BatchRunner(
                batch,
                BatchFile.lock(batch.answers()).orElseThrow(),
                Optional.of(Files.writeString(folder.resolve("input"), lines("one"))),
                new BatchLines(batch, ChatRequest::read, parts.access()),
                parts,
                result -> {},
                executor);
    }

    @Test
    void batchWhoseEndHasNoThread_isGivenUp() throws Exception {
        try (SystemTimeline timeline = new SystemTimeline()) {
            Access access =
                    Access.of(running.whippletree.configuration(), GatewaySettings.DEFAULT, timeline, Optional.empty());
            BatchPlace batch = placeApart("");
            BatchRunner runner = runnerOf(batch, access, timeline, work -> {
                throw new OutOfMemoryError("for the test");
            });

            runner.begin();

            assertThatThrownBy(() -> runner.over().get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            assertThat(BatchFile.lock(batch.answers())).hasValueSatisfying(IoUtils::safeClose);
        }
    }

    /** Its line is asked again by whoever goes on, and counts then. */
    @Test
    void batchThatIsAborted_leavesItsClientWhatItsCallsHeld() throws Exception {
        open(GatewaySettings.DEFAULT.withBatches(batches()), call -> {});
        try (SystemTimeline timeline = new SystemTimeline()) {
            GatewaySettings settings =
                    RunningGateway.with(RunningGateway.client("alice", "key-of-alice-0001", "100000 tokens / 1h"));
            Access access = Access.of(running.whippletree.configuration(), settings, timeline, Optional.empty());
            BatchRunner runner = runnerOf(placeApart("alice"), access, timeline, Runnable::run);
            runner.begin();
            running.provider.call();
            assertThat(access.clients().json(timeline.nanoTime()).toString()).doesNotContain("left=100000");

            runner.abort();

            assertThat(runner.over().get(20, TimeUnit.SECONDS)).isFalse();
            assertThat(access.clients().json(timeline.nanoTime()).toString()).contains("left=100000");
        }
    }

    @Test
    void emptyInput_fails() throws Exception {
        HttpResponse<String> failed = until(running, begun(running, "\n\n"), "failed");

        assertThat(at(failed, "errors.data.0.code")).isEqualTo("empty_file");
    }

    @Test
    void requestThatIsWrong_isRefused() throws Exception {
        String id = begun(running, lines("one"));
        String output = at(until(running, id, "completed"), "output_file_id");
        String file = uploaded(running, lines("one"));

        assertError(create(running, "file-1", CHAT), 404, "not_found", "No such File object: file-1");
        assertError(create(running, output, CHAT), 400, "invalid_value", "has the purpose 'batch_output'");
        assertError(create(running, file, "/v1/images/generations"), 400, "invalid_value", "'endpoint' must be one of");
        String body = "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"" + CHAT + "\",\"completion_window\":";
        for (String window : List.of("soon", "0s", "999ms", "366d", "999999999999w")) {
            HttpResponse<String> refused = running.postTo("/v1/batches", body + "\"" + window + "\"}");
            assertError(refused, 400, "invalid_value", "must be 1s to 365d, such as 24h, not '" + window + "'");
            assertThat(at(refused, "error.param")).isEqualTo("completion_window");
        }
        String blanks = " ".repeat(20);
        assertError(
                running.postTo("/v1/batches", body + "\"24h" + blanks + "\"}"), 400, "invalid_value", "such as 24h");
        assertError(running.postTo("/v1/batches", body + "24}"), 400, "invalid_value", "must be a string");
        assertError(
                running.postTo("/v1/batches", body + "\"1h\",\"metadata\":{\"a\":1}}"),
                400,
                "invalid_value",
                "metadata");
        assertError(running.postTo("/v1/batches", "[]"), 400, "invalid_value", "isn't a JSON object");
        assertError(running.get("/v1/batches/batch_1"), 404, "not_found", "No batch found with id 'batch_1'");
        assertError(running.send("POST", "/v1/batches/batch_1/cancel"), 404, "not_found", "No batch found");
        assertError(running.get("/v1/batches?limit=101"), 400, "invalid_value", "1 to 100");
        assertError(running.send("PUT", "/v1/batches"), 405, "method_not_allowed", "takes GET");
    }

    @Test
    void otherClient_findsNothing() throws Exception {
        open(twoClients());
        String id = begun(running, lines("one"), ALICE);
        HttpResponse<String> ended = until(running, id, "completed", ALICE);
        String input = at(ended, "input_file_id");
        String output = at(ended, "output_file_id");

        for (String file : List.of(input, output)) {
            assertError(running.get("/v1/files/" + file, BOB), 404, "not_found", "No such File");
            assertError(running.get("/v1/files/" + file + "/content", BOB), 404, "not_found", "No such File");
            assertError(create(running, file, CHAT, BOB), 404, "not_found", "No such File");
        }
        assertError(running.get("/v1/batches/" + id, BOB), 404, "not_found", "No batch found");
        assertError(running.postTo("/v1/batches/" + id + "/cancel", "", BOB), 404, "not_found", "No batch found");
        assertThat(at(running.get("/v1/files", BOB), "data")).isEqualTo("[]");
        assertThat(at(running.get("/v1/batches", BOB), "data")).isEqualTo("[]");
        assertError(running.get("/v1/batches/" + id), 401, "invalid_api_key", "");
        assertThat(content(running, ended, "output", ALICE))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("\"account\":\"\""));
    }

    @Test
    void clientsRights_holdForLines() throws Exception {
        GatewaySettings.Client alice =
                RunningGateway.client("alice", "key-of-alice-0001").within(List.of(), List.of("good"));
        open(RunningGateway.with(alice));

        HttpResponse<String> failed = until(running, begun(running, lines("one"), ALICE), "failed", ALICE);

        assertThat(at(failed, "errors.data.0.code")).isEqualTo("model_not_found");
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void bounds_areTold() throws Exception {
        openBounded(3, 4, 1);
        assertError(upload(running, "x".repeat(1_001)), 413, "request_too_large", "at most 1000 bytes");
        String two = uploaded(running, lines("one", "two"));
        String five = uploaded(running, lines("a", "b", "c", "d", "e"));
        assertError(create(running, five, CHAT), 429, "batch_limit_exceeded", "this one has 5");
        String batch = at(create(running, two, CHAT), "id");
        HttpResponse<String> second = create(running, two, CHAT);
        assertError(second, 429, "batch_limit_exceeded", "your 1 batches under way have 2 lines");
        assertThat(second.headers().firstValue("x-should-retry")).contains("false");
        uploaded(running, "x");
        assertError(upload(running, "x"), 429, "batch_limit_exceeded", "your 3 files");

        assertError(delete(running, two), 409, "file_in_use", batch);
    }

    @Test
    void cancelledBatch_keepsWhatItHas_andStaysCancelled() throws Exception {
        open(GatewaySettings.DEFAULT.withBatches(batches()), call -> {});
        String[] texts = Stream.iterate(0, next -> next + 1)
                .limit(40)
                .map(String::valueOf)
                .toArray(String[]::new);
        String id = begun(running, lines(texts));
        ScriptedProvider.Call first = running.provider.call();

        assertThat(at(running.send("POST", "/v1/batches/" + id + "/cancel"), "status"))
                .isEqualTo("cancelling");
        assertThat(at(running.send("POST", "/v1/batches/" + id + "/cancel"), "status"))
                .isEqualTo("cancelling");
        first.answer("first");
        HttpResponse<String> cancelled = answeredUntil(running, id, "cancelled");

        assertThat(at(cancelled, "cancelled_at")).matches("\\d+");
        assertThat(content(running, cancelled, "output"))
                .anySatisfy(line -> assertThat(line).contains("first"));
        assertThat(at(running.send("POST", "/v1/batches/" + id + "/cancel"), "status"))
                .isEqualTo("cancelled");
    }

    @Test
    void completedBatch_cantBeCancelled() throws Exception {
        String id = begun(running, lines("one"));
        until(running, id, "completed");

        HttpResponse<String> refused = running.send("POST", "/v1/batches/" + id + "/cancel");

        assertError(refused, 409, "batch_ended", "Cannot cancel a batch with status 'completed'.");
        assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    }

    @Test
    void batchThatIsAboutToFail_isSaidToHaveFailed() throws Exception {
        String id = "batch_00000000000000000000000000000001";
        BatchPlace batch = ClientFolder.of(batches(), "").create(id, asked(id, "", "file-1", 0));
        batch.decide(Ending.How.FAILED, 5);

        assertError(
                running.send("POST", "/v1/batches/" + id + "/cancel"),
                409,
                "batch_ended",
                "Cannot cancel a batch with status 'failed'.");
    }

    /** The head is a piece of its own. */
    @Test
    void fileWithTheHeadOfARefusal_isSentAsItIs() throws Exception {
        String content = "x".repeat(64 * 1024) + "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

        assertThat(running.get("/v1/files/" + uploaded(running, content) + "/content")
                        .body())
                .isEqualTo(content);
    }

    @Test
    void batchThatIsBeingCompleted_cantBeCancelled_andHasOneStatus() throws Exception {
        String id = "batch_00000000000000000000000000000001";
        Map<String, Object> asked = asked(id, "", "file-1", 0);
        asked.put("endpoint", "/v1/of-a-newer-version"); // So that this gateway doesn't end it.
        ClientFolder.of(batches(), "").create(id, asked).decide(Ending.How.COMPLETED, 5);

        assertError(
                running.send("POST", "/v1/batches/" + id + "/cancel"),
                409,
                "batch_ended",
                "Cannot cancel a batch with status 'finalizing'.");
        assertThat(at(running.get("/v1/batches/" + id), "status")).isEqualTo("finalizing");
    }

    @Test
    void otherEndpoints_answerInTheirOwnForm() throws Exception {
        String responses =
                "{\"custom_id\":\"r\",\"url\":\"/v1/responses\",\"body\":{\"model\":\"fast\",\"input\":\"hi\"}}";
        String batch = at(create(running, uploaded(running, responses), "/v1/responses"), "id");
        assertThat(content(running, until(running, batch, "completed"), "output"))
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains("\"object\":\"response\"", "\"text\":\"HI\"", "\"whippletree\""));
        String got = responses.replace("\"url\"", "\"method\":\"GET\",\"url\"");
        String wrong = at(create(running, uploaded(running, got), "/v1/responses"), "id");
        assertThat(at(until(running, wrong, "failed"), "errors.data.0.message"))
                .isEqualTo("'method' must be POST, not GET");

        running.provider.embed(8);
        running.provider.usually(call -> call.answer(Embedding.encode(new float[] {0.5f})));
        String texts =
                "{\"custom_id\":\"e\",\"url\":\"/v1/embeddings\",\"body\":{\"model\":\"fast\",\"input\":[\"hi\"]}}";
        String vectors = at(create(running, uploaded(running, texts), "/v1/embeddings"), "id");
        assertThat(content(running, until(running, vectors, "completed"), "output"))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("\"embedding\":[0.5]"));

        String base64 = texts.replace("\"input\"", "\"encoding_format\":\"base64\",\"input\"");
        String refused = at(create(running, uploaded(running, base64), "/v1/embeddings"), "id");
        assertThat(at(until(running, refused, "failed"), "errors.data.0.message"))
                .contains("must be float");
    }

    @Test
    void batchWhoseRouteIsRemoved_fails_withItsAnswersInTheirOwnForm() throws Exception {
        close();
        running = new RunningGateway(
                GatewaySettings.DEFAULT.withBatches(batches()),
                builder -> builder.route(RouteSettings.builder("extra")
                        .tier(new TargetSettings("one", "small-model"))
                        .build()));
        running.provider.usually(call -> {
            if (call.prompt().messages().get(0).text().equals("one")) {
                answer(call);
            }
        });
        String line = "{\"custom_id\":\"TEXT\",\"url\":\"/v1/responses\","
                + "\"body\":{\"model\":\"extra\",\"input\":\"TEXT\"}}";
        String file = uploaded(running, line.replace("TEXT", "one") + "\n" + line.replace("TEXT", "two"));
        String id = at(create(running, file, "/v1/responses"), "id");
        while (!at(running.get("/v1/batches/" + id), "request_counts.completed").equals("1")) {
            Thread.onSpinWait();
        }

        open(GatewaySettings.DEFAULT);
        HttpResponse<String> failed = until(running, id, "failed");

        assertThat(at(failed, "errors.data.0.code")).isEqualTo("model_not_found");
        assertThat(content(running, failed, "output"))
                .singleElement()
                .satisfies(answer -> assertThat(answer).contains("\"object\":\"response\"", "\"text\":\"ONE\""));
    }

    /** Its input was damaged on the disk, or a newer version of the gateway bounds its lines. */
    @Test
    void batchWhoseInputCantBeReadAnyMore_fails_andKeepsItsAnswers() throws Exception {
        open(GatewaySettings.DEFAULT.withBatches(batches()), call -> {
            if (call.prompt().messages().get(0).text().equals("one")) {
                answer(call);
            }
        });
        String line = "{\"custom_id\":\"TEXT\",\"url\":\"/v1/responses\","
                + "\"body\":{\"model\":\"fast\",\"input\":\"TEXT\"}}";
        String file = uploaded(running, line.replace("TEXT", "one") + "\n" + line.replace("TEXT", "two"));
        String id = at(create(running, file, "/v1/responses"), "id");
        while (!at(running.get("/v1/batches/" + id), "request_counts.completed").equals("1")) {
            Thread.onSpinWait();
        }
        close();
        Path content = ClientFolder.of(batches(), "").file(file).orElseThrow().content();
        Files.writeString(content, "damaged" + Files.readString(content));

        open(GatewaySettings.DEFAULT);
        HttpResponse<String> failed = until(running, id, "failed");

        assertThat(at(failed, "errors.data.0.code")).isEqualTo("invalid_json_line");
        assertThat(content(running, failed, "output"))
                .singleElement()
                .satisfies(answer -> assertThat(answer).contains("\"custom_id\":\"one\"", "ONE"));
    }

    @Test
    void batchThatItsClientsLimitLetsEndTooLate_failsBeforeItsFirstCall_ifThatIsWanted() throws Exception {
        close();
        GatewaySettings.Batches usual = batches();
        GatewaySettings limited =
                RunningGateway.with(RunningGateway.client("alice", "key-of-alice-0001", "2 requests / 1d"));
        running = new RunningGateway(limited.withBatches(
                new GatewaySettings.Batches(folder, usual.keep(), 10_000, 10_000, 10, 100, 10, true)));
        running.provider.usually(OverBatches::answer);

        String id = begun(running, lines("one", "two", "three", "four", "five", "six"), ALICE);

        HttpResponse<String> failed = until(running, id, "failed", ALICE);
        assertThat(at(failed, "errors.data.0.code")).isEqualTo("completion_window_too_short");
        assertThat(at(failed, "errors.data.0.message"))
                .contains("its 6 lines take until", "by its key's own limit", "seconds from now");
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void batchThatEndsTooLate_failsBeforeItsFirstCall_ifThatIsWanted() throws Exception {
        close();
        GatewaySettings.Batches usual = batches();
        running = new RunningGateway(
                GatewaySettings.DEFAULT.withBatches(
                        new GatewaySettings.Batches(folder, usual.keep(), 10_000, 10_000, 10, 100, 10, true)),
                builder -> builder.account(AccountSettings.builder("slow", "scripted")
                                .limit("10 requests / 1h")
                                .build())
                        .route(RouteSettings.builder("slow")
                                .tier(new TargetSettings("slow", "slow-model"))
                                .build()));
        running.provider.usually(OverBatches::answer);
        String file = uploaded(
                running,
                lines(IntStream.range(0, 30).mapToObj(String::valueOf).toArray(String[]::new))
                        .replace("\"fast\"", "\"slow\""));
        String window = "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"" + CHAT + "\",\"completion_window\":";

        HttpResponse<String> failed =
                until(running, at(running.postTo("/v1/batches", window + "\"1h\"}"), "id"), "failed");

        assertThat(at(failed, "errors.data.0.code")).isEqualTo("completion_window_too_short");
        assertThat(at(failed, "errors.data.0.message")).contains("its 30 calls take until", "seconds from now");
        assertThat(running.provider.unseenCalls()).isZero();
        until(running, at(running.postTo("/v1/batches", window + "\"9h\"}"), "id"), "in_progress");
        running.provider.call();
    }

    @Test
    void restart_goesOn_andAsksNoAnsweredLineAgain() throws Exception {
        open(GatewaySettings.DEFAULT.withBatches(batches()), call -> {
            if (call.prompt().messages().get(0).text().equals("one")) {
                call.answer("early");
            }
        });
        String id = begun(running, lines("one", "two", "three"));
        while (!at(running.get("/v1/batches/" + id), "request_counts.completed").equals("1")) {
            Thread.onSpinWait();
        }

        open(GatewaySettings.DEFAULT.withBatches(batches()), OverBatches::answer);
        HttpResponse<String> ended = until(running, id, "completed");

        assertThat(at(ended, "request_counts")).isEqualTo("{total=3, completed=3, failed=0}");
        List<String> output = content(running, ended, "output");
        assertThat(output).hasSize(3).anySatisfy(line -> assertThat(line).contains("id-one", "early"));
        assertThat(running.provider.unseenCalls()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void gatewaysThatComeAndGo_giveOneResultALine(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        String[] texts = IntStream.range(0, 50)
                .mapToObj(number -> (random.nextInt(5) == 0 ? "bad " : "good ") + number)
                .toArray(String[]::new);
        open(GatewaySettings.DEFAULT.withBatches(batches()), call -> {});
        String id = begun(running, lines(texts));
        for (int round = 0; round < 5; round++) {
            AtomicInteger left = new AtomicInteger(random.nextInt(8));
            open(GatewaySettings.DEFAULT.withBatches(batches()), call -> {
                if (left.getAndDecrement() > 0) {
                    answer(call);
                }
            });
            while (left.get() > 0) {
                running.get("/v1/batches/" + id);
            }
        }

        open(GatewaySettings.DEFAULT.withBatches(batches()), OverBatches::answer);
        HttpResponse<String> ended = until(running, id, "completed");

        assertThat(Stream.concat(content(running, ended, "output").stream(), content(running, ended, "error").stream())
                        .map(line -> String.valueOf(RunningGateway.json(line).get("custom_id"))))
                .as("seed %d", seed)
                .containsExactlyInAnyOrder(
                        Stream.of(texts).map(text -> "id-" + text).toArray(String[]::new));
        assertThat(content(running, ended, "error"))
                .allSatisfy(line -> assertThat(line).contains("id-bad"));
    }

    @Test
    void secondGateway_leavesTheBatchAlone_untilTheFirstHasGone() throws Exception {
        open(GatewaySettings.DEFAULT.withBatches(batches()), call -> {});
        String id = begun(running, lines("one"));
        running.provider.call();
        ManualTimeline timeline = new ManualTimeline();
        try (RunningGateway second = new RunningGateway(
                GatewaySettings.DEFAULT.withBatches(batches()), timeline, UnaryOperator.identity())) {
            second.provider.usually(OverBatches::answer);
            assertThat(at(until(second, id, "in_progress"), "request_counts.total"))
                    .isEqualTo("1");
            pass(second, timeline, 30);
            assertThat(second.provider.unseenCalls()).isZero();
            running.close();

            while (!at(second.get("/v1/batches/" + id), "status").equals("completed")) {
                timeline.advance(Duration.ofSeconds(1));
            }
            HttpResponse<String> ended = second.get("/v1/batches/" + id);

            assertThat(content(second, ended, "output"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("ONE"));
        }
    }

    @Test
    void statusHasARowForEachBatch() throws Exception {
        String id = begun(running, lines("one"));
        until(running, id, "completed");
        String rows = at(running.get("/status"), "gateway.batches");
        while (!rows.contains("status=completed")) {
            rows = at(running.get("/status"), "gateway.batches");
        }

        assertThat(rows).contains("id=" + id, "client=}", "request_counts={total=1, completed=1, failed=0}");
    }

    /** What can't be kept isn't accepted, and what was accepted goes on once the folder is back. */
    @Test
    void folderThatCantBeWritten_isTold() throws Exception {
        String file = uploaded(running, lines("one"));
        Path coming = folder.resolve("coming");
        Files.delete(coming);
        Files.createFile(coming);
        try (LoggedLines log = new LoggedLines("dev.whippletree.gateway.batches")) {
            assertError(upload(running, "x"), 507, "storage_failed", "it has accepted nothing");
            assertError(create(running, file, CHAT), 507, "storage_failed", "it has accepted nothing");
            assertThat(log.all())
                    .anySatisfy(line -> assertThat(line).contains("An upload can't be kept"))
                    .anySatisfy(line -> assertThat(line).contains("what was sent can't be kept"));
        }
        assertThat(at(running.get("/v1/batches"), "data")).isEqualTo("[]");

        Files.delete(coming);
        Files.createDirectory(coming);
        until(running, at(create(running, file, CHAT), "id"), "completed");
    }

    @Test
    void batchThatCantBeRead_holdsUpNoOther_andNoDeleting() throws Exception {
        close();
        String brokenId = "batch_00000000000000000000000000000001";
        BatchPlace broken = ClientFolder.of(batches(), "alice").create(brokenId, asked(brokenId, "alice", "x", 1));
        Files.write(broken.folder().resolve(BatchPlace.ASKED), new byte[] {(byte) 0xff});
        Path forgotten = Files.createDirectory(folder.resolve("coming/forgotten"));
        Files.setLastModifiedTime(forgotten, FileTime.fromMillis(0));
        try (LoggedLines log = new LoggedLines("dev.whippletree.gateway.batches")) {
            open(twoClients());

            String id = begun(running, lines("one"), BOB);
            until(running, id, "completed", BOB);
            while (Files.exists(forgotten)) {
                Thread.onSpinWait();
            }

            assertThat(log.all())
                    .filteredOn(line -> line.contains(broken.folder() + " can't be read"))
                    .hasSize(1);
        }
    }

    @Test
    void folderThatCantBeMade_isToldAtTheStart() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        GatewaySettings.Batches there =
                new GatewaySettings.Batches(file.resolve("be\u001blow"), Duration.ofDays(1), 1, 1, 1, 1, 1, false);
        running.close();

        assertThat(catchThrowable(() -> new RunningGateway(GatewaySettings.DEFAULT.withBatches(there))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("gateway.batches.folder: " + file.resolve("be low")
                        + " can't be used; name a folder that this process may write to: ")
                .hasMessageNotContaining("Exception");
    }
}
