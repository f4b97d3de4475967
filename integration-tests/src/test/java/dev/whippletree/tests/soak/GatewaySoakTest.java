package dev.whippletree.tests.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Limit;
import dev.whippletree.tests.soak.ServedGateway.Holdings;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway of 128 MB under keep-alive clients, streams, clients that leave, faults of the service and a reload each
 * minute: what it holds stays what it was, no answer is wrong, and no limit is exceeded.
 *
 * <p>It takes half an hour, in six rounds with a pause after each in which it is looked at; {@code -Dsoak.minutes=6}
 * makes it shorter.
 */
@Tag("thorough")
@EnabledOnOs(value = OS.LINUX, disabledReason = "threads and files of a process are read from /proc")
final class GatewaySoakTest {

    private static final int ROUNDS = 6;
    private static final int CLIENTS = 24;
    private static final Duration LENGTH = Duration.ofMinutes(Long.getLong("soak.minutes", 30));
    private static final Duration BETWEEN_RELOADS = Duration.ofMinutes(1);
    private static final Limit LIMIT = Limit.requests(300, Duration.ofSeconds(10));
    private static final String WATCH_KEY = "watch-key-of-the-soak-test";
    private static final List<String> FAULTS = List.of(
            "500:2%", "503:0.5%", "reset:1%", "cut:1%", "malformed:0.5%", "no-done:0.5%", "slow=2s:1%", "stall:0.1%");

    /** What a JVM and its libraries may add once they have seen everything: compiled code, buffers kept for reuse. */
    private static final long MOST_MORE_KILOBYTES = 4_096;

    private static final long MOST_MORE_THREADS = 4;
    private static final long MOST_MORE_FILES = 8;

    @TempDir
    private Path folder;

    private final SystemTimeline timeline = new SystemTimeline();
    private final EmulatedService service = new EmulatedService(settings(), timeline.nanoTime());
    private final EmulatorServer server = EmulatorServer.start(List.of(service), 0, timeline);
    private final SoakTally tally = new SoakTally();
    private int configurations;

    private static ServiceSettings settings() {
        return ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("account-1", "token-1", ServiceLimit.sliding(LIMIT))
                .account("account-2", "token-2", ServiceLimit.sliding(LIMIT))
                .account("account-3", "token-3", ServiceLimit.sliding(LIMIT))
                .latency(Latency.constant(Duration.ofMillis(100)))
                .faults(FaultScript.of(FAULTS.stream().map(FaultRule::parse).toArray(FaultRule[]::new)))
                .build();
    }

    @AfterEach
    void close() {
        server.close();
        timeline.close();
    }

    @Test
    void rounds_leaveNothingBehind() throws IOException, InterruptedException {
        configure();
        List<Holdings> after = new ArrayList<>();
        try (ServedGateway gateway = new ServedGateway(folder, WATCH_KEY, "128m")) {
            for (int round = 1; round <= ROUNDS; round++) {
                conduct(gateway, round);
                gateway.awaitQuiet();
                after.add(gateway.holdings());
                System.out.printf("after round %d: %s, %s%n", round, after.get(round - 1), tally.counts());
                assertThat(gateway.command().process().isAlive()).isTrue();
            }
            gateway.command().process().destroy();
            assertThat(gateway.command().exitCode()).isZero();
            assertThat(gateway.command().text("err")).doesNotContain("Exception", "OutOfMemoryError", "token-");
        }
        assertNothingGrew(after.get(1), after.get(ROUNDS - 1));
        assertThat(tally.samples()).as("wrong answers and broken connections").isEmpty();
        assertThat(tally.counts().get("answered")).isPositive();
        for (LimitStats limit : service.stats().limits()) {
            assertThat(limit.fullest()).as(limit.organization()).isLessThanOrEqualTo(limit.amount());
        }
        assertThat(service.stats().rateLimited()).isZero();
    }

    /** Lets all clients ask for a round, and changes the configuration each minute. */
    private void conduct(ServedGateway gateway, int round) throws IOException, InterruptedException {
        tally.open(true);
        List<Thread> clients = new ArrayList<>();
        for (int number = 0; number < CLIENTS; number++) {
            String name = "client " + number + " of round " + round;
            Thread client = new Thread(new SoakWorker(
                    gateway.url(), "key-of-tenant-number-" + number % 2, name, 31L * round + number, tally));
            client.start();
            clients.add(client);
        }
        long end = System.nanoTime() + LENGTH.dividedBy(ROUNDS).toNanos();
        while (System.nanoTime() < end) {
            clients.get(0)
                    .join(Math.min(
                            BETWEEN_RELOADS.toMillis(), LENGTH.dividedBy(ROUNDS).toMillis()));
            configure();
        }
        tally.open(false);
        for (Thread client : clients) {
            client.join();
        }
    }

    /** The third account comes and goes, and so does a tenant's own limit. */
    private void configure() throws IOException {
        boolean more = configurations++ % 2 == 0;
        String account = """
                  - { id: hf-%1$d, provider: huggingface, token: token-%1$d, base-url: "%2$s", limits: [%3$s] }
                """;
        StringBuilder text = new StringBuilder("accounts:\n");
        for (int number = 1; number <= (more ? 3 : 2); number++) {
            text.append(account.formatted(number, server.baseUrl(ServiceKind.HUGGING_FACE), LIMIT));
        }
        text.append("""
                caches:
                  - { name: ehcache, off-heap: 16MB }
                gateway:
                  watch-key: %s
                  clients:
                    - { name: first, key: key-of-tenant-number-0 }
                    - { name: second, key: key-of-tenant-number-1%s }
                """.formatted(WATCH_KEY, more ? ", limits: [100000 requests / 1h]" : ""));
        Path next = folder.resolve("next.yaml");
        Files.writeString(next, text);
        Files.move(next, folder.resolve("whippletree.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The first round warms everything up. */
    private static void assertNothingGrew(Holdings early, Holdings late) {
        assertThat(late.heapKilobytes())
                .as("kilobytes of heap, %s at first", early)
                .isLessThanOrEqualTo(early.heapKilobytes() + MOST_MORE_KILOBYTES);
        assertThat(late.threads())
                .as("threads, %s at first", early)
                .isLessThanOrEqualTo(early.threads() + MOST_MORE_THREADS);
        assertThat(late.files())
                .as("open files, %s at first", early)
                .isLessThanOrEqualTo(early.files() + MOST_MORE_FILES);
    }
}
