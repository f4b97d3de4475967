package dev.whippletree.gateway.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.batches.Ending.How;
import dev.whippletree.time.Threads;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BatchPlaceTest {

    private static final BiConsumer<Path, IOException> FAILING = (place, why) -> {
        throw new AssertionError(place + " can't be read", why);
    };

    @TempDir
    private Path folder;

    @BeforeEach
    void prepare() throws IOException {
        ClientFolder.prepare(GatewaySettings.Batches.in(folder));
    }

    private static String id(int number) {
        return "batch_" + "%032x".formatted(number);
    }

    private BatchPlace place(int number) throws IOException {
        Path place = Files.createDirectories(folder.resolve(id(number)));
        Files.createFile(place.resolve(BatchPlace.OPEN));
        WholeFiles.write(place, BatchPlace.ASKED, OverBatches.asked(id(number), "a", "x", 7));
        return BatchPlace.read(place).orElseThrow();
    }

    @Test
    void state_isWhatTheFilesSay() throws IOException {
        BatchPlace batch = place(1);
        assertThat(batch.json(true, 10))
                .containsEntry("id", id(1))
                .containsEntry("status", "validating")
                .containsEntry("request_counts", Map.of("total", 0L, "completed", 0L, "failed", 0L))
                .containsEntry("whippletree", Map.of())
                .doesNotContainKeys("client", "lines", "in_progress_at");

        Files.createDirectories(batch.folder().resolve("answers.jsonl.batch"));
        BatchFile.note(
                batch.answers(),
                "{\"status\":\"in_progress\",\"in_progress_at\":8,\"request_counts\":{\"total\":3},\"whippletree\":"
                        + "{\"forecast\":null,\"waits_for\":{\"account\":\"hf-1\",\"until\":9,\"because\":\"secret\"},"
                        + "\"held\":\"/secret/folder is full\"}}");
        assertThat(batch.json(true, 10))
                .containsEntry("status", "in_progress")
                .containsEntry("in_progress_at", 8)
                .containsEntry("request_counts", Map.of("total", 3));
        assertThat(batch.json(true, 10).get("whippletree").toString()).contains("hf-1", "secret", "folder");
        assertThat(batch.json(false, 10).get("whippletree").toString())
                .contains("until=9", "its files can't be read or written now")
                .doesNotContain("hf-1", "secret");

        assertThat(batch.decide(How.CANCELLED, 10)).isTrue();
        assertThat(batch.decide(How.COMPLETED, 11)).isFalse();
        assertThat(batch.json(true, 10))
                .containsEntry("status", "cancelling")
                .containsEntry("cancelling_at", 10L)
                .doesNotContainKey("finalizing_at");

        Files.writeString(batch.answers(), "{}\n");
        batch.end(Map.of("status", "cancelled", "cancelled_at", 12));
        assertThat(batch.json(true, 10))
                .containsEntry("status", "cancelled")
                .containsEntry("cancelled_at", 12)
                .doesNotContainKeys("completed_at", "whippletree");
        assertThat(batch.output(ClientFolder.ERRORS, 12, 60)).isEmpty();
        assertThat(batch.output(ClientFolder.OUTPUT, 12, 60))
                .hasValueSatisfying(file -> assertThat(file.json())
                        .containsEntry("id", "file-" + "%032x".formatted(1) + "-output")
                        .containsEntry("filename", batch.id() + "-output.jsonl")
                        .containsEntry("bytes", 3L)
                        .containsEntry("expires_at", 72L));
    }

    /** A process that is frozen keeps its locks. */
    @Test
    void gatewayThatHoldsABatch_andNotesNothing_isSaidToBeSilent() throws IOException {
        BatchPlace batch = place(1);
        Closeable lock = BatchFile.lock(batch.answers()).orElseThrow();
        BatchFile.note(batch.answers(), "{\"noted_at\":100,\"whippletree\":{\"forecast\":{},\"held\":null}}");

        assertThat(batch.json(true, 130)).doesNotContainKey("noted_at");
        for (boolean accountsShown : List.of(true, false)) {
            assertThat(batch.json(accountsShown, 130).get("whippletree").toString())
                    .contains("forecast={}", "held=null");
            assertThat(batch.json(accountsShown, 131).get("whippletree").toString())
                    .contains("forecast=null", "held=the gateway that runs it has said nothing for 31 seconds");
        }
        lock.close();
        assertThat(batch.json(true, 131).get("whippletree").toString())
                .as("another one goes on")
                .contains("forecast={}", "held=null");
    }

    @Test
    void progressThatIsDamaged_countsAsNone() throws IOException {
        BatchPlace batch = place(1);
        Path note = Files.createDirectories(batch.folder().resolve("answers.jsonl.batch"))
                .resolve("progress.json");
        for (byte[] damaged : List.of(
                new byte[0],
                new byte[100],
                new byte[] {(byte) 0xff},
                "{\"status\":\"in_progress\",\"whippletree\":5}".getBytes(StandardCharsets.UTF_8))) {
            Files.write(note, damaged);

            assertThat(batch.json(false, 10)).containsEntry("status", "validating");
        }
    }

    @Test
    void severalThatDecideAtOnce_oneOfThemDoes() throws Exception {
        ExecutorService threads = Threads.newExecutor("deciding");
        try {
            for (int round = 0; round < 100; round++) {
                BatchPlace batch = place(round);
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Optional<How>>> decisions = new ArrayList<>();
                for (How how : How.values()) {
                    decisions.add(threads.submit(() -> {
                        start.await();
                        return batch.decide(how, 5) ? Optional.of(how) : Optional.<How>empty();
                    }));
                }
                start.countDown();
                List<How> won = new ArrayList<>();
                for (Future<Optional<How>> decision : decisions) {
                    decision.get().ifPresent(won::add);
                }
                assertThat(won).as("round %d", round).hasSize(1);
                assertThat(batch.ending()).contains(new Ending(won.get(0), 5));
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void outputThatIsDeletedAtAnyMoment_isThereOrNot() throws Exception {
        BatchPlace batch = place(1);
        ExecutorService threads = Threads.newExecutor("deleting");
        try {
            Future<?> deleting = threads.submit(() -> {
                for (int round = 0; round < 5_000; round++) {
                    Files.writeString(batch.answers(), "{}\n");
                    Files.delete(batch.answers());
                }
                return null;
            });
            while (!deleting.isDone()) {
                assertThat(batch.output(ClientFolder.OUTPUT, 12, 60).map(file -> file.number("bytes")))
                        .isIn(Optional.empty(), Optional.of(3L));
            }
            deleting.get();
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void endings_areReadAsTheyAreWritten() {
        for (How how : How.values()) {
            assertThat(Ending.of(new Ending(how, 12).fileName())).contains(new Ending(how, 12));
        }
        assertThat(Ending.of("ending-somehow-12")).isEmpty();
        assertThat(Ending.of("ending-failed-")).isEmpty();
        assertThat(Ending.of("end.json")).isEmpty();
    }

    /** A client that creates batches which fail at once doesn't fill the disk. */
    @Test
    void batchesWithoutAFile_areForgotten_onceTheyAreMoreThanThereMayBeFiles() throws IOException {
        ClientFolder client = ClientFolder.of(
                new GatewaySettings.Batches(folder, Duration.ofDays(7), 100, 100, 2, 100, 100, false), "a");
        for (int number = 1; number <= 6; number++) {
            client.create(id(number), OverBatches.asked(id(number), "a", "x", number));
        }
        for (int number = 2; number <= 6; number++) {
            BatchPlace batch = client.batch(id(number)).orElseThrow();
            if (number == 2) {
                Files.writeString(batch.answers(), "{}\n");
            }
            batch.end(Map.of("status", "failed", "failed_at", 10));
        }

        client.sweep(20, FAILING, place -> {});

        assertThat(client.batches())
                .as("the two newest without a file, the one with a file, and the one under way")
                .extracting(BatchPlace::id)
                .containsExactlyInAnyOrder(id(6), id(5), id(2), id(1));
    }

    private String upload(ClientFolder client, int number) throws IOException {
        String id = "file-" + "%032x".formatted(number);
        Path upload = Files.createDirectories(folder.resolve("coming").resolve(id));
        Map<String, Object> about = ClientFolder.json(id, "in.jsonl", StoredFile.INPUT, 1, 5, 10);
        about.put("lines", 1);
        client.publish(upload, about);
        return id;
    }

    /** It comes when an upload turns out to be damaged. */
    @Test
    void batchThatComesWhileUploadsAreDeleted_keepsItsOwn() throws IOException {
        ClientFolder client = ClientFolder.of(GatewaySettings.Batches.in(folder), "a");
        String needed = upload(client, 1);
        String over = upload(client, 2);
        Path damaged = client.folder().resolve("files").resolve(upload(client, 3));
        Files.writeString(damaged.resolve("file.json"), "damaged");

        BiConsumer<Path, IOException> coming = (place, why) -> {
            try {
                client.create(id(1), OverBatches.asked(id(1), "a", needed, 15));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        client.sweep(20, coming, place -> {});

        assertThat(client.file(needed)).isPresent();
        assertThat(client.file(over)).isEmpty();
        assertThat(damaged).exists();
    }

    @Test
    void batchThatCantBeRead_keepsEveryUpload_whichItMayNeed() throws IOException {
        ClientFolder client = ClientFolder.of(GatewaySettings.Batches.in(folder), "a");
        String id = upload(client, 1);
        BatchPlace batch = client.create(id(1), OverBatches.asked(id(1), "a", id, 1));
        Path asked = batch.folder().resolve(BatchPlace.ASKED);
        String whole = Files.readString(asked);
        Files.writeString(asked, "damaged");
        List<Path> unreadable = new ArrayList<>();

        client.sweep(20, (place, why) -> unreadable.add(place), place -> {});

        assertThat(unreadable).containsExactly(batch.folder());
        StoredFile file = client.file(id).orElseThrow();
        assertThatThrownBy(() -> client.delete(file)).isInstanceOf(IOException.class);

        Files.writeString(asked, whole);
        batch.end(Map.of("status", "cancelled", "cancelled_at", 15));
        client.sweep(20, FAILING, place -> {});
        assertThat(client.files()).isEmpty();
    }

    /** As on a disk that is full. */
    @Test
    void batchThatCantBeKept_leavesNothing() throws IOException {
        ClientFolder client = ClientFolder.of(GatewaySettings.Batches.in(folder), "a");
        Files.createFile(Files.createDirectories(client.folder()).resolve("batches"));

        assertThatThrownBy(() -> client.create(id(1), OverBatches.asked(id(1), "a", "x", 1)))
                .isInstanceOf(IOException.class);

        assertThat(folder.resolve("coming")).isEmptyDirectory();
    }

    @Test
    void strayFiles_areLeftAlone() throws IOException {
        ClientFolder client = ClientFolder.of(GatewaySettings.Batches.in(folder), "a");
        client.create(id(1), OverBatches.asked(id(1), "a", "x", 1));
        Files.createFile(client.folder().resolve("batches/batch_of-somebody"));
        Files.createFile(
                Files.createDirectories(client.folder().resolve("files")).resolve("file-of-somebody"));

        client.sweep(Long.MAX_VALUE / 2, FAILING, place -> {});

        assertThat(client.batches()).hasSize(1);
        assertThat(client.files()).isEmpty();
        assertThat(client.folder().resolve("batches/batch_of-somebody")).exists();
    }
}
