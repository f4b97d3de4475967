package dev.whippletree.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.ManualTimeline;
import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Secret;
import dev.whippletree.testkit.logging.LoggedLines;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in files that hang, have no end, go away or change while the gateway runs. Others never notice. */
final class KeyFilesTest extends OverGateway {

    private static final String ALICE = "key-of-alice-0123456789";
    private static final String BOB = "key-of-bob-0123456789";
    private static final String CAROL = "key-of-carol-0123456789";
    private static final String WATCHER = "watch-key-0123456789";
    private static final Duration JUST_KEPT = Duration.ofMinutes(1).minusMillis(1);

    @TempDir
    private Path folder;

    private final ManualTimeline timeline = new ManualTimeline();

    @BeforeEach
    void writeKeys() throws IOException {
        Files.writeString(folder.resolve("alice"), ALICE + "\n");
        Files.writeString(folder.resolve("bob"), BOB);
        Files.writeString(folder.resolve("watcher"), WATCHER);
    }

    private GatewaySettings settings() throws IOException {
        Path file = folder.resolve("whippletree.yaml");
        Files.writeString(file, """
                accounts: [{id: one, provider: scripted, token: "${file:FOLDER/bob}"}]
                routes: {fast: {model: m}}
                caches: []
                gateway:
                  watch-key: ${file:FOLDER/watcher}
                  clients:
                    - {name: alice, key: "${file:FOLDER/alice}"}
                    - {name: bob, key: "${file:FOLDER/bob}"}
                    - {name: carol, key: key-of-carol-0123456789}
                """.replace("FOLDER", folder.toString()));
        try (Whippletree read = Whippletree.builder()
                .provider(new ScriptedProvider())
                .configuration(file)
                .build()) {
            return read.configuration().gateway().orElseThrow();
        }
    }

    private void open() throws IOException {
        open(settings());
    }

    private void open(GatewaySettings settings) {
        running.close();
        running = new RunningGateway(settings, timeline, UnaryOperator.identity());
    }

    private int status(String path, String key) throws Exception {
        HttpResponse<String> response = running.get(path, "Authorization", "Bearer " + key);
        return response.statusCode();
    }

    private void assertKey(String key, int status) throws Exception {
        assertThat(status("/v1/models", key)).as(key).isEqualTo(status);
    }

    private void assertOthersGoOn() throws Exception {
        assertKey(BOB, 200);
        assertKey(CAROL, 200);
        assertKey("unknown", 401);
        assertThat(status("/status", WATCHER)).isEqualTo(200);
        assertThat(running.get("/healthz").statusCode()).isEqualTo(200);
    }

    /** Puts another file in a file's place in one step, as whoever replaces a key does. */
    private void replace(String name, String contents) throws IOException {
        Path other = Files.writeString(folder.resolve("other"), contents);
        Files.move(other, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void makePipe(String name) throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        try {
            assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "pipes");
        } catch (IOException e) {
            assumeTrue(false, "there is no mkfifo");
        }
        Files.move(pipe, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void link(Path link, String target) throws IOException {
        assumeTrue(Files.exists(Path.of(target)), "there is no " + target);
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of(target));
    }

    private void assertKeptForAMinute() throws Exception {
        try (LoggedLines log = new LoggedLines(ExpectedKey.class)) {
            assertIsKeptForAMinute();
            assertThat(log.all().stream().map(line -> line.replaceFirst(": .*", "")))
                    .containsExactly(
                            "WARN The key of client alice can't be read, so it stays as it was for 60 seconds",
                            "WARN The key of client alice can't be read, so the gateway rejects it",
                            "INFO The key of client alice can be read again");
        }
    }

    private void assertIsKeptForAMinute() throws Exception {
        assertKey(ALICE, 200);
        assertOthersGoOn();
        timeline.advance(JUST_KEPT);
        assertKey(ALICE, 200);
        timeline.advance(Duration.ofMillis(1));
        assertKey(ALICE, 401);
        assertOthersGoOn();
        replace("alice", ALICE);
        assertKey(ALICE, 200);
    }

    @Tag("slow")
    @Test
    void pipesInPlaceOfAllKeys_leaveEachItsOwnForAMinute_andTheGatewayLives() throws Exception {
        open();
        for (String name : List.of("alice", "bob", "watcher")) {
            makePipe(name);
        }
        assertKey(ALICE, 200);
        assertOthersGoOn();
        timeline.advance(ExpectedKey.KEPT);
        assertKey(ALICE, 401);
        assertKey(BOB, 401);
        assertThat(status("/status", WATCHER)).isEqualTo(401);
        assertKey(CAROL, 200);
    }

    @Test
    void fileWithoutEnd_leavesItsClientItsKeyForAMinute() throws Exception {
        open();
        link(folder.resolve("alice"), "/dev/zero");
        assertKeptForAMinute();
    }

    @ParameterizedTest
    @ValueSource(ints = {4_097, 40_000_000})
    void fileOfMoreThan4Kilobytes_leavesItsClientItsKeyForAMinute(int bytes) throws Exception {
        open();
        replace("alice", " ".repeat(bytes));
        assertKeptForAMinute();
    }

    @Test
    void fileOf4Kilobytes_isRead() throws Exception {
        open();
        replace("alice", "new-" + ALICE + " ".repeat(4_096 - ALICE.length() - 4));
        assertKey("new-" + ALICE, 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "empty", "changed", "folder"})
    void fileThatIsMissingEmptyOrAnother_countsAtOnce(String change) throws Exception {
        open();
        assertKey(ALICE, 200);
        switch (change) {
            case "missing" -> Files.delete(folder.resolve("alice"));
            case "folder" -> {
                Files.delete(folder.resolve("alice"));
                Files.createDirectory(folder.resolve("alice"));
            }
            case "empty" -> replace("alice", "\n");
            default -> replace("alice", "new-" + ALICE);
        }
        assertKey(ALICE, 401);
        assertKey("new-" + ALICE, change.equals("changed") ? 200 : 401);
        assertOthersGoOn();
    }

    @Test
    void fileThatBecomesTheKeyOfAnotherOrTheWatchKey_isRefused() throws Exception {
        open();
        for (String foreign : List.of(BOB, CAROL, WATCHER)) {
            replace("alice", foreign);
            assertKey(ALICE, 401);
            assertOthersGoOn();
            assertKey(WATCHER, 401);
            assertThat(status("/status", BOB)).isEqualTo(401);
        }
    }

    @Test
    void pipeDeviceOrLargeFile_isRefusedAtTheStart() throws Exception {
        link(folder.resolve("alice"), "/dev/zero");
        assertThatThrownBy(this::settings)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is a pipe or a device");
        Files.delete(folder.resolve("alice"));
        Files.writeString(folder.resolve("alice"), "x".repeat(4_097));
        assertThatThrownBy(this::settings)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("larger than 4 KB");
    }

    /** As on a network file system that is gone. */
    @Test
    void fileThatHangs_leavesItsClientItsKeyForAMinute_andIsWaitedForByOneThread() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        AtomicInteger readings = new AtomicInteger();
        Secret file = Secret.from(() -> {
            if (readings.incrementAndGet() > 3) {
                try {
                    hangs.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return ALICE;
        });
        List<GatewaySettings.Client> clients = new ArrayList<>(settings().clients());
        clients.set(0, new GatewaySettings.Client("alice", file, List.of()));
        open(settings().withClients(clients, settings().watchKey()));
        try {
            assertKey(ALICE, 200);
            assertThat(readings).hasValue(3);
            var hanging = running.getLater("/v1/models", "Authorization", "Bearer " + ALICE);
            timeline.awaitTimer(ExpectedKey.PATIENCE::equals);
            assertKey(BOB, 200);
            assertKey(CAROL, 200);
            assertThat(hanging).isNotDone();
            timeline.advance(ExpectedKey.PATIENCE);
            assertThat(hanging.join().statusCode()).isEqualTo(200);
            assertOthersGoOn();
            timeline.advance(JUST_KEPT);
            assertKey(ALICE, 200);
            timeline.advance(Duration.ofMillis(1));
            assertKey(ALICE, 401);
            assertOthersGoOn();
            assertThat(readings).hasValue(4);
        } finally {
            hangs.countDown();
        }
        timeline.advanceUntil(CompletableFuture.runAsync(this::awaitKey));
    }

    private void awaitKey() {
        try {
            while (status("/v1/models", ALICE) != 200) {
                Thread.onSpinWait();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
