package dev.whippletree.gateway.batches;

import static dev.whippletree.gateway.RunningGateway.assertError;
import static dev.whippletree.gateway.RunningGateway.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.ManualTimeline;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.testkit.logging.LoggedLines;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches over a time that the test moves. */
final class BatchTimesTest extends OverBatches {

    private static final String[] KEY = {"Authorization", "Bearer key-of-alice-0001"};
    private static final GatewaySettings.Client ALICE = RunningGateway.client("alice", "key-of-alice-0001");
    private static final GatewaySettings.Client BOB = RunningGateway.client("bob", "key-of-bob-000001");
    private static final int LOOKS_AT_A_TIME = 20;
    private static final Pattern ID = Pattern.compile("\"custom_id\":\"(.*?)\"");

    private final ManualTimeline timeline = new ManualTimeline();
    private RunningGateway running;

    private void open(GatewaySettings settings) {
        running = new RunningGateway(settings.withBatches(batches()), timeline, UnaryOperator.identity());
    }

    @AfterEach
    void close() {
        running.close();
    }

    @Test
    void window_ends_andEveryLineHasOneResult() throws Exception {
        open(GatewaySettings.DEFAULT);
        running.provider.usually(call -> {});
        String[] texts = IntStream.range(0, 40).mapToObj(String::valueOf).toArray(String[]::new);
        String id = begunFor("1h", texts);
        running.provider.call().answer("in time");
        until(running, id, "in_progress");

        timeline.advance(Duration.ofSeconds(3_599));
        assertThat(at(running.get("/v1/batches/" + id), "status")).isEqualTo("in_progress");
        while (!at(running.get("/v1/batches/" + id), "status").equals("finalizing")) {
            timeline.advance(Duration.ofSeconds(1));
        }
        HttpResponse<String> expired = answeredUntil(running, id, "expired");

        List<String> output = content(running, expired, "output");
        List<String> errors = content(running, expired, "error");
        assertThat(errors)
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .contains(
                                "\"response\":null",
                                "\"code\":\"batch_expired\"",
                                "This request could not be executed before the completion window expired."));
        assertThat(at(expired, "request_counts"))
                .isEqualTo("{total=40, completed=" + output.size() + ", failed=" + errors.size() + "}");
        assertThat(Stream.concat(output.stream(), errors.stream())
                        .map(ID::matcher)
                        .filter(Matcher::find)
                        .map(found -> found.group(1)))
                .containsExactlyInAnyOrder(
                        Stream.of(texts).map(text -> "id-" + text).toArray(String[]::new));
    }

    private String begunFor(String window, String... texts) throws Exception {
        return at(
                running.postTo(
                        "/v1/batches",
                        "{\"input_file_id\":\"" + uploaded(running, lines(texts)) + "\",\"endpoint\":\"" + CHAT
                                + "\",\"completion_window\":\"" + window + "\"}"),
                "id");
    }

    /** There are places for two, which are taken for as long as the test. */
    @Test
    void batchThatOnlyHasToEnd_waitsForNoneThatRuns() throws Exception {
        open(RunningGateway.bounded(bounds -> bounds.withMemoryBytes(32L << 20)));
        running.provider.usually(call -> {});
        until(running, begunFor("24h", "one"), "in_progress");
        until(running, begunFor("24h", "two"), "in_progress");
        String cancelled = begunFor("24h", "three");
        String expired = begunFor("1h", "four");

        assertThat(at(running.send("POST", "/v1/batches/" + cancelled + "/cancel"), "status"))
                .isEqualTo("cancelling");
        assertThat(at(until(running, cancelled, "cancelled"), "request_counts"))
                .isEqualTo("{total=0, completed=0, failed=0}");
        assertThat(at(running.get("/v1/batches/" + expired), "status")).isEqualTo("validating");
        timeline.advance(Duration.ofHours(1));
        for (int second = 0; second < 3_000 && Files.notExists(end("", expired)); second++) {
            pass(running, timeline, 1);
        }

        HttpResponse<String> ended = running.get("/v1/batches/" + expired);
        assertThat(at(ended, "status")).isEqualTo("expired");
        assertThat(content(running, ended, "error"))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("id-four", "batch_expired"));
    }

    private Path end(String tenant, String id) throws IOException {
        return ClientFolder.of(batches(), tenant)
                .batch(id)
                .orElseThrow()
                .folder()
                .resolve("end.json");
    }

    /** A window is what passes, whatever the clock is set to; and no clock that is set forward deletes anything. */
    @Test
    void clockThatJumps_endsNoWindow_andDeletesNothing() throws Exception {
        open(GatewaySettings.DEFAULT);
        running.provider.usually(OverBatches::answer);
        String ended = begun(running, lines("one"));
        until(running, ended, "completed");
        running.provider.usually(call -> {});
        String id = begun(running, lines("two"));
        until(running, id, "in_progress");

        for (Duration jump : List.of(Duration.ofDays(30), Duration.ofDays(-60), Duration.ofDays(30))) {
            timeline.jump(jump);
            for (int second = 0; second < 130; second++) {
                timeline.advance(Duration.ofSeconds(1));
                assertThat(at(running.get("/v1/batches/" + id), "status")).isEqualTo("in_progress");
            }
            assertThat(running.get("/v1/batches/" + ended).statusCode()).isEqualTo(200);
            assertThat(content(running, running.get("/v1/batches/" + ended), "output"))
                    .hasSize(1);
        }

        assertThat(at(answeredUntil(running, id, "completed"), "request_counts"))
                .isEqualTo("{total=1, completed=1, failed=0}");
    }

    /** Begins a batch, then starts the gateway anew without its client. */
    private String begunByAliceWhoIsThenRemoved(ManualTimeline next) throws Exception {
        open(RunningGateway.with(ALICE, BOB));
        running.provider.usually(call -> {});
        String id = begun(running, lines("one"), KEY);
        until(running, id, "in_progress", KEY);
        close();
        running = new RunningGateway(RunningGateway.with(BOB).withBatches(batches()), next, UnaryOperator.identity());
        return id;
    }

    @Test
    void batchOfAClientThatIsRemoved_waitsUntilItIsBack() throws Exception {
        ManualTimeline next = new ManualTimeline();
        String id = begunByAliceWhoIsThenRemoved(next);
        running.provider.usually(OverBatches::answer);
        pass(running, next, 30);
        assertThat(running.provider.unseenCalls()).isZero();

        running.gateway.reload(running.settings(ALICE, BOB));
        while (!at(running.get("/v1/batches/" + id, KEY), "status").equals("completed")) {
            next.advance(Duration.ofSeconds(1));
        }
    }

    /** More lines than are read ahead. */
    @Test
    void batchOfAClientThatIsRemovedByAReload_waitsForIt_andTheLogSaysSo() throws Exception {
        open(RunningGateway.with(ALICE, BOB));
        running.provider.usually(call -> {});
        String id = begun(
                running,
                lines(IntStream.range(0, 1_000).mapToObj(String::valueOf).toArray(String[]::new)),
                KEY);
        until(running, id, "in_progress", KEY);
        Path answers =
                ClientFolder.of(batches(), "alice").batch(id).orElseThrow().answers();
        try (LoggedLines log = new LoggedLines("dev.whippletree.gateway.batches")) {
            running.gateway.reload(running.settings(BOB));
            Optional<Closeable> lock = BatchFile.lock(answers);
            while (lock.isEmpty()) {
                answerCalls();
                lock = BatchFile.lock(answers);
            }
            lock.get().close();
            for (int second = 0; second < 3_000 && stopped(log).isEmpty(); second++) {
                pass(running, timeline, 1);
            }

            running.gateway.reload(running.settings(ALICE, BOB));
            HttpResponse<String> batch = running.get("/v1/batches/" + id, KEY);
            while (!at(batch, "status").equals("completed")) {
                answerCalls();
                batch = running.get("/v1/batches/" + id, KEY);
            }

            assertThat(at(batch, "request_counts")).isEqualTo("{total=1000, completed=1000, failed=0}");
            assertThat(log.all()).noneMatch(line -> line.contains(folder.toString()));
            assertThat(stopped(log))
                    .containsExactly(
                            "INFO The configuration has no client 'alice': its batches (1 under way) stop until it is"
                                    + " back");
        }
    }

    private static List<String> stopped(LoggedLines log) {
        return log.all().stream().filter(line -> line.contains("'alice'")).toList();
    }

    /** A reload takes no time, and to check a large file does. */
    @Tag("slow")
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no such pipes")
    void batchOfAClientThatIsRemovedWhileItsLinesAreChecked_waitsUntilItIsBack() throws Exception {
        open(RunningGateway.with(ALICE, BOB));
        running.provider.usually(OverBatches::answer);
        String file = uploaded(running, lines("one"), KEY);
        ClientFolder alice = ClientFolder.of(batches(), "alice");
        Path content = alice.file(file).orElseThrow().content();
        Path whole = Files.move(content, folder.resolve("whole"));
        assertThat(new ProcessBuilder("mkfifo", content.toString()).start().waitFor())
                .isZero();
        String id = at(create(running, file, CHAT, KEY), "id");
        try (OutputStream pipe = Files.newOutputStream(content, StandardOpenOption.WRITE)) {
            running.gateway.reload(running.settings(BOB));
            pipe.write(Files.readAllBytes(whole));
            Files.move(whole, content, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        Path answers = alice.batch(id).orElseThrow().answers();
        Optional<Closeable> lock = BatchFile.lock(answers);
        while (lock.isEmpty()) {
            lock = BatchFile.lock(answers);
        }
        lock.get().close();

        running.gateway.reload(running.settings(ALICE, BOB));
        assertThat(at(passUntilCompleted(timeline, id, KEY), "status")).isEqualTo("completed");
    }

    /** Lets time pass until a batch is completed, or it has had more than enough. */
    private HttpResponse<String> passUntilCompleted(ManualTimeline time, String id, String... headers)
            throws Exception {
        HttpResponse<String> batch = running.get("/v1/batches/" + id, headers);
        for (int second = 0; second < 3_000 && !at(batch, "status").equals("completed"); second++) {
            pass(running, time, 1);
            batch = running.get("/v1/batches/" + id, headers);
        }
        return batch;
    }

    private void answerCalls() throws Exception {
        while (running.provider.unseenCalls() > 0) {
            running.provider.call().answer("late");
        }
        pass(running, timeline, 1);
    }

    @Test
    void batchOfAClientThatIsRemoved_expires() throws Exception {
        ManualTimeline next = new ManualTimeline();
        String id = begunByAliceWhoIsThenRemoved(next);
        next.advance(Duration.ofDays(1));
        while (!Files.exists(end("alice", id))) {
            next.advance(Duration.ofSeconds(1));
        }

        running.gateway.reload(running.settings(ALICE, BOB));
        HttpResponse<String> expired = running.get("/v1/batches/" + id, KEY);
        assertThat(at(expired, "status")).isEqualTo("expired");
        assertThat(at(expired, "request_counts")).isEqualTo("{total=1, completed=0, failed=0}");
        assertThat(RunningGateway.json(expired)).doesNotContainKey("whippletree");
    }

    @Test
    void answersOfAClientThatIsRemoved_areInTheirOwnForm() throws Exception {
        open(RunningGateway.with(ALICE, BOB));
        running.provider.usually(call -> {
            if (call.prompt().messages().get(0).text().equals("one")) {
                answer(call);
            }
        });
        String line = "{\"custom_id\":\"TEXT\",\"url\":\"/v1/responses\","
                + "\"body\":{\"model\":\"fast\",\"input\":\"TEXT\"}}";
        String file = uploaded(running, line.replace("TEXT", "one") + "\n" + line.replace("TEXT", "two"), KEY);
        String id = at(create(running, file, "/v1/responses", KEY), "id");
        while (!at(running.get("/v1/batches/" + id, KEY), "request_counts.completed")
                .equals("1")) {
            timeline.advance(Duration.ofMillis(200));
        }
        close();
        ManualTimeline next = new ManualTimeline();
        running = new RunningGateway(RunningGateway.with(BOB).withBatches(batches()), next, UnaryOperator.identity());
        next.advance(Duration.ofDays(1));
        while (!Files.exists(end("alice", id))) {
            next.advance(Duration.ofSeconds(1));
        }

        running.gateway.reload(running.settings(ALICE, BOB));
        assertThat(content(running, running.get("/v1/batches/" + id, KEY), "output", KEY))
                .singleElement()
                .satisfies(answer -> assertThat(answer).contains("\"object\":\"response\"", "\"text\":\"ONE\""));
    }

    @Test
    void batchThatWaits_saysForWhat_andWhenItWillBeDone() throws Exception {
        running = new RunningGateway(
                GatewaySettings.DEFAULT.withBatches(batches()),
                timeline,
                builder -> builder.account(AccountSettings.builder("slow", "scripted")
                                .limit("1 requests / 1h")
                                .build())
                        .route(RouteSettings.builder("slow")
                                .tier(new TargetSettings("slow", "slow-model"))
                                .build()));
        running.provider.usually(OverBatches::answer);
        String id = begun(running, lines("one", "two", "three").replace("\"fast\"", "\"slow\""));
        HttpResponse<String> batch = running.get("/v1/batches/" + id);
        while (!at(batch, "request_counts.completed").equals("1")
                || at(batch, "whippletree.waits_for").equals("null")
                || at(batch, "whippletree.forecast").equals("null")) {
            timeline.advance(Duration.ofSeconds(1));
            batch = running.get("/v1/batches/" + id);
        }

        assertThat(at(batch, "whippletree.waits_for.account")).isEqualTo("slow");
        assertThat(at(batch, "whippletree.waits_for.until")).matches("\\d{10}");
        assertThat(Long.parseLong(at(batch, "whippletree.forecast.earliest")))
                .isGreaterThan(Long.parseLong(at(batch, "created_at")));
    }

    /** Its second line waits for the account, and the third one for longer. */
    @Test
    void batchThatWaitsForALimitOfItsClient_saysSo() throws Exception {
        running = new RunningGateway(
                RunningGateway.with(RunningGateway.client("alice", "key-of-alice-0001", "2 requests / 1h"))
                        .withBatches(batches()),
                timeline,
                builder -> builder.timeline(timeline)
                        .account(AccountSettings.builder("slow", "scripted")
                                .limit("1 requests / 30m")
                                .build())
                        .route(RouteSettings.builder("slow")
                                .tier(new TargetSettings("slow", "slow-model"))
                                .build()));
        running.provider.usually(OverBatches::answer);
        String id = begun(running, lines("one", "two", "three").replace("\"fast\"", "\"slow\""), KEY);
        long begun = timeline.now().getEpochSecond();
        HttpResponse<String> batch = running.get("/v1/batches/" + id, KEY);
        for (int second = 0; second < 1_500 && !batch.body().contains("this key's own limit"); second++) {
            timeline.advance(Duration.ofSeconds(1));
            batch = running.get("/v1/batches/" + id, KEY);
        }

        assertThat(at(batch, "whippletree.waits_for.because"))
                .isEqualTo("this key's own limit of 2 requests / 1h is used up");
        assertThat(at(batch, "whippletree.waits_for.account")).isEqualTo("null");
        assertThat(Long.parseLong(at(batch, "whippletree.waits_for.until")))
                .isBetween(begun + 3_599, timeline.now().getEpochSecond() + 3_600);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 requests / 1h", "1 tokens / 1h"})
    void limitOfTheClient_countsInTheForecast(String limit) throws Exception {
        open(RunningGateway.with(RunningGateway.client("alice", "key-of-alice-0001", limit)));
        running.provider.usually(OverBatches::answer);
        String id = begun(running, lines("one", "two", "three", "four"), KEY);
        long begun = timeline.now().getEpochSecond();
        HttpResponse<String> batch = running.get("/v1/batches/" + id, KEY);
        for (int second = 0; second < 1_500 && !isLimitedAfterItsFirstLine(batch); second++) {
            timeline.advance(Duration.ofSeconds(1));
            batch = running.get("/v1/batches/" + id, KEY);
        }

        assertThat(Long.parseLong(at(batch, "whippletree.forecast.earliest")))
                .isBetween(begun + 3 * 3_599, timeline.now().getEpochSecond() + 3 * 3_600);
    }

    private static boolean isLimitedAfterItsFirstLine(HttpResponse<String> batch) {
        return batch.body().contains("this key's own limit")
                && at(batch, "request_counts.completed").equals("1");
    }

    @Test
    void limitsOfTheClient_countForLines() throws Exception {
        open(RunningGateway.with(RunningGateway.client("alice", "key-of-alice-0001", "2 requests / 1m")));
        running.provider.usually(OverBatches::answer);
        String id = begun(running, lines("one", "two", "three"), KEY);
        running.provider.call();
        running.provider.call();
        HttpResponse<String> batch = running.get("/v1/batches/" + id, KEY);
        while (!at(batch, "request_counts.completed").equals("2")) {
            timeline.advance(Duration.ofMillis(200));
            batch = running.get("/v1/batches/" + id, KEY);
            assertThat(at(batch, "status")).isNotEqualTo("completed");
        }
        assertThat(timeline.nanoTime()).isLessThan(Duration.ofMinutes(1).toNanos());
        while (!at(batch, "status").equals("completed")) {
            timeline.advance(Duration.ofSeconds(1));
            batch = running.get("/v1/batches/" + id, KEY);
        }

        assertThat(timeline.nanoTime())
                .isGreaterThanOrEqualTo(Duration.ofMinutes(1).toNanos());
        assertThat(content(running, batch, "output", KEY)).hasSize(3);
    }

    @Test
    void limitThatAReloadRaises_countsForALineThatWaits() throws Exception {
        open(RunningGateway.with(RunningGateway.client("alice", "key-of-alice-0001", "1 requests / 1d")));
        running.provider.usually(OverBatches::answer);
        String id = begun(running, lines("one", "two"), KEY);
        HttpResponse<String> batch = running.get("/v1/batches/" + id, KEY);
        while (!at(batch, "request_counts.completed").equals("1")) {
            timeline.advance(Duration.ofMillis(200));
            batch = running.get("/v1/batches/" + id, KEY);
        }

        running.gateway.reload(
                running.settings(RunningGateway.client("alice", "key-of-alice-0001", "10 requests / 1d")));
        for (int second = 0; second < 3_000 && !at(batch, "status").equals("completed"); second++) {
            timeline.advance(Duration.ofSeconds(1));
            batch = running.get("/v1/batches/" + id, KEY);
        }

        assertThat(at(batch, "status")).isEqualTo("completed");
    }

    private long warnings(LoggedLines log) {
        return log.all().stream()
                .filter(line -> line.contains(folder.toString()) && line.contains("lists leave out"))
                .count();
    }

    private void awaitSweep() throws Exception {
        Path forgotten = Files.createDirectory(folder.resolve("coming/forgotten"));
        Files.setLastModifiedTime(forgotten, FileTime.fromMillis(0));
        for (int second = 0; second < 3_000 && Files.exists(forgotten); second++) {
            pass(running, timeline, 1);
        }
        assertThat(forgotten).doesNotExist();
    }

    private static BatchPlace stored(ClientFolder client, int number) throws IOException {
        String id = "batch_" + "%032x".formatted(number);
        return client.create(id, asked(id, "", "x", 1));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows finds nothing below a file")
    void whatCantBeRead_isLeftOutOfLists_andWarnedOfOnce() throws Exception {
        ClientFolder.prepare(batches());
        ClientFolder client = ClientFolder.of(batches(), "");
        String number = "0".repeat(31);
        BatchPlace garbage = stored(client, 1);
        Files.writeString(garbage.folder().resolve(BatchPlace.ASKED), "garbage");
        BatchPlace unended = stored(client, 2);
        Files.createDirectory(unended.folder().resolve("end.json"));
        BatchPlace statusless = stored(client, 5);
        Files.writeString(statusless.folder().resolve("end.json"), "{\"status\":\"completed\"}");
        BatchPlace empty = stored(client, 6);
        Files.writeString(empty.folder().resolve(BatchPlace.ASKED), "{}");
        BatchPlace mistyped = stored(client, 7);
        Path itself = mistyped.folder().resolve(BatchPlace.ASKED);
        Files.writeString(itself, Files.readString(itself).replace("\"created_at\":1", "\"created_at\":\"1\""));
        BatchPlace another = stored(client, 8);
        Files.copy(
                unended.folder().resolve(BatchPlace.ASKED),
                another.folder().resolve(BatchPlace.ASKED),
                StandardCopyOption.REPLACE_EXISTING);
        Path batch = Files.createFile(garbage.folder().resolveSibling("batch_" + number + "3"));
        List<Path> places = List.of(
                garbage.folder(),
                unended.folder(),
                statusless.folder(),
                empty.folder(),
                mistyped.folder(),
                another.folder(),
                batch);
        Path uploads = Files.createDirectories(client.folder().resolve("files"));
        Path upload = Files.createFile(uploads.resolve("file-" + number + "4"));
        Path nothing = Files.createDirectory(uploads.resolve("file-" + number + "9"));
        Files.writeString(nothing.resolve("file.json"), "{}");
        try (LoggedLines log = new LoggedLines("dev.whippletree.gateway.batches")) {
            open(GatewaySettings.DEFAULT);
            running.provider.usually(OverBatches::answer);
            String id = begun(running, lines("one"));
            HttpResponse<String> ended = until(running, id, "completed");
            for (int second = 0; second < 3_000 && warnings(log) < 9; second++) {
                pass(running, timeline, 1);
            }

            HttpResponse<String> batches = running.get("/v1/batches");
            assertThat(batches.body()).doesNotContain(number);
            assertThat(at(batches, "data.0.id")).isEqualTo(id);
            HttpResponse<String> files = running.get("/v1/files");
            assertThat(files.body())
                    .doesNotContain(number)
                    .contains(at(ended, "input_file_id"), at(ended, "output_file_id"));
            for (Path place : places) {
                assertError(running.get("/v1/batches/" + place.getFileName()), 500, "storage_failed", "can't read");
                assertError(
                        running.send("POST", "/v1/batches/" + place.getFileName() + "/cancel"),
                        500,
                        "storage_failed",
                        "can't read or change " + place.getFileName());
            }
            for (Path place : List.of(upload, nothing)) {
                assertError(running.get("/v1/files/" + place.getFileName()), 500, "storage_failed", "can't read");
                HttpResponse<String> refused =
                        create(running, place.getFileName().toString(), CHAT);
                assertError(refused, 500, "storage_failed", "can't read or change " + place.getFileName());
            }
            awaitSweep();

            for (Path place :
                    Stream.concat(places.stream(), Stream.of(upload, nothing)).toList()) {
                assertThat(log.all())
                        .filteredOn(line ->
                                line.startsWith("WARN " + place + " can't be read or changed, and lists leave out"))
                        .hasSize(1);
            }
            assertThat(warnings(log)).isEqualTo(9);
            assertThat(log.thrown()).noneMatch(message -> message.contains(folder.toString()));
        }
    }

    @Test
    void whatIsDamagedAnew_isWarnedOfAnew() throws Exception {
        open(GatewaySettings.DEFAULT);
        running.provider.usually(OverBatches::answer);
        String id = begun(running, lines("one"));
        until(running, id, "completed");
        Path end = end("", id);
        String whole = Files.readString(end);
        try (LoggedLines log = new LoggedLines("dev.whippletree.gateway.batches")) {
            for (int time = 1; time <= 2; time++) {
                Files.writeString(end, "damaged");
                for (int request = 0; request < 3; request++) {
                    assertError(running.get("/v1/batches/" + id), 500, "storage_failed", "can't read");
                }
                assertThat(warnings(log)).isEqualTo(time);

                Files.writeString(end, whole);
                awaitSweep(); // One may have read it already.
                awaitSweep();
            }
        }
    }

    @Test
    void batchWhoseAnswersCantBeOpened_saysSo_andGoesOnOnceTheyCan() throws Exception {
        open(GatewaySettings.DEFAULT);
        running.provider.usually(call -> {});
        String id = begun(running, lines("one"));
        until(running, id, "in_progress");
        close();
        Path answers = ClientFolder.of(batches(), "").batch(id).orElseThrow().answers();
        Files.deleteIfExists(answers);
        Files.createDirectory(answers);
        ManualTimeline next = new ManualTimeline();
        try (LoggedLines log = new LoggedLines(GatewayBatches.class)) {
            running =
                    new RunningGateway(GatewaySettings.DEFAULT.withBatches(batches()), next, UnaryOperator.identity());
            running.provider.usually(OverBatches::answer);
            HttpResponse<String> batch = running.get("/v1/batches/" + id);
            boolean logged = false;
            for (int second = 0;
                    second < 3_000 && !(logged && !at(batch, "whippletree.held").equals("null"));
                    second++) {
                pass(running, next, 1);
                batch = running.get("/v1/batches/" + id);
                logged = log.all().stream().anyMatch(line -> line.contains("is tried again in a minute"));
            }
            assertThat(at(batch, "status")).isEqualTo("in_progress");
            assertThat(at(batch, "whippletree.held")).isNotEqualTo("null");
            assertThat(logged).isTrue();

            Files.delete(answers);
            assertThat(at(passUntilCompleted(next, id), "status")).isEqualTo("completed");
        }
    }

    /** As by an unmount: nothing takes its place, and clients that retry find everything once it is back. */
    @Test
    void folderThatIsGone_isNoEmptyOne_andItsBatchGoesOnOnceItIsBack(@TempDir Path away) throws Exception {
        open(GatewaySettings.DEFAULT);
        running.provider.usually(call -> {});
        String id = begun(running, lines("one"));
        ScriptedProvider.Call call = running.provider.call();
        until(running, id, "in_progress");
        try (LoggedLines log = new LoggedLines(GatewayBatches.class)) {
            for (String name : List.of("coming", "clients")) {
                Files.move(folder.resolve(name), away.resolve(name));
            }
            assertError(running.get("/v1/batches/" + id), 500, "storage_failed", "can't read or change your files");
            assertError(running.get("/v1/batches"), 500, "storage_failed", "retry later");
            assertError(running.get("/v1/files"), 500, "storage_failed", "retry later");
            assertError(create(running, "file-1", CHAT), 507, "storage_failed", "it has accepted nothing");
            assertError(upload(running, lines("two")), 507, "storage_failed", "it has accepted nothing");
            call.answer("ONE"); // Its batch can't end now.
            for (int second = 0; second < 3_000 && log.all().size() < 2; second++) {
                pass(running, timeline, 1);
            }
            assertThat(log.all())
                    .anySatisfy(line -> assertThat(line).contains("can't be read now"))
                    .anySatisfy(line -> assertThat(line).contains(id + " can't be used now"));
            assertThat(folder).isEmptyDirectory();

            for (String name : List.of("coming", "clients")) {
                Files.move(away.resolve(name), folder.resolve(name));
            }
            HttpResponse<String> batch = running.get("/v1/batches/" + id);
            for (int second = 0; second < 15 && !at(batch, "status").equals("completed"); second++) {
                pass(running, timeline, 1);
                batch = running.get("/v1/batches/" + id);
            }
            until(running, id, "completed");
            assertThat(log.all()).last().asString().contains("can be read again");
        }
    }

    /** For want of memory, for instance. The batch comes from another gateway, so that nothing else begins it. */
    @Test
    void errorWhileBatchesAreLookedFor_isNotTheEndOfLooking() throws Exception {
        open(GatewaySettings.DEFAULT);
        running.provider.usually(OverBatches::answer);
        String file = uploaded(running, lines("one"));
        try (LoggedLines log = new LoggedLines(GatewayBatches.class)) {
            timeline.failFor("whippletree-gateway-batch-");
            for (int second = 0; second < 3_000 && log.all().isEmpty(); second++) {
                pass(running, timeline, 1);
            }
            assertThat(log.thrown()).containsExactly("a fault for the test");
        }
        String id = "batch_00000000000000000000000000000001";
        ClientFolder.of(batches(), "").create(id, asked(id, "", file, 1));

        assertThat(at(passUntilCompleted(timeline, id), "status")).isEqualTo("completed");
    }

    /** A link that leads nowhere stands for an upload that is published once what is coming has been listed. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows may forbid links")
    void whatHasGoneSinceItWasListed_isNoTrouble() throws Exception {
        Path coming = Files.createDirectories(folder.resolve("coming"));
        Files.createSymbolicLink(coming.resolve("gone"), folder.resolve("nowhere"));
        try (LoggedLines log = new LoggedLines(GatewayBatches.class)) {
            open(GatewaySettings.DEFAULT);
            pass(running, timeline, 60);

            assertThat(log.all()).noneMatch(line -> line.contains(coming.toString()));
        }
    }

    @Test
    void whatIsKeptForLongEnough_isDeleted_unlessABatchNeedsIt() throws Exception {
        open(GatewaySettings.DEFAULT);
        running.provider.usually(OverBatches::answer);
        String ended = begun(running, lines("one"));
        until(running, ended, "completed");
        running.provider.usually(call -> {});
        String file = uploaded(running, lines("two"));
        String longest = at(
                running.postTo(
                        "/v1/batches",
                        "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"" + CHAT
                                + "\",\"completion_window\":\"30d\"}"),
                "id");
        until(running, longest, "in_progress");

        for (int looks = 1; running.get("/v1/batches/" + ended).statusCode() == 200; looks++) {
            // Time for the gateway to look at what there is.
            timeline.advance(looks % LOOKS_AT_A_TIME == 0 ? Duration.ofHours(4) : Duration.ZERO);
        }

        assertThat(timeline.nanoTime())
                .isGreaterThanOrEqualTo(Duration.ofDays(7).toNanos());
        timeline.advance(Duration.ofDays(1));
        assertThat(running.get("/v1/files/" + file).statusCode()).isEqualTo(200);
        assertThat(at(running.get("/v1/batches/" + longest), "status")).isEqualTo("in_progress");
    }
}
