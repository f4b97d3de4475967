package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.ReportedFaultException;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A real Redis that isn't there, goes away, hangs and comes back: whatever it does, every command ends and the link
 * recovers.
 */
@Tag("slow")
class RedisOutageTest {

    private static final CacheKey KEY = Samples.key("t", "q");

    /** Only so that a stage that never ends fails its test instead of hanging it. */
    private static final long LONGEST_WAIT_SECONDS = 60;

    private final FakeServices services = FakeServices.real();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level levelBefore = root.getLevel();

    @BeforeEach
    void listen() {
        root.setLevel(Level.DEBUG);
        root.addAppender(logged);
        logged.start();
    }

    @AfterEach
    void close() {
        root.detachAppender(logged);
        root.setLevel(levelBefore);
        services.close();
    }

    @Test
    void downAtStart_opensAndFaultsAndWorksOnceItIsUp() throws Exception {
        try (RedisProcess redis = RedisProcess.prepared();
                CacheStore store = open(Map.of("uri", redis.uri()))) {
            assertThat(failureOf(store.get(KEY).toCompletableFuture()))
                    .hasMessageContaining("cache redis: Redis at 127.0.0.1:" + redis.port() + " can't be used");

            assertThat(store.remarks())
                    .singleElement()
                    .asString()
                    .contains("can't be used", "until it is back, answers are neither found nor stored there");

            redis.start();

            awaitUse(store);
            assertThat(store.remarks()).isEmpty();
            assertThat(ownLines()).hasSize(2);
            assertThat(ownLines().get(0)).contains("can't be used", "neither found nor stored");
            assertThat(ownLines().get(1)).contains("is back");
        }
    }

    @Test
    void killedUnderLoad_everyCommandEnds_andItRecovers() throws Exception {
        try (RedisProcess redis = RedisProcess.started();
                CacheStore store = open(Map.of("uri", redis.uri()))) {
            put(store);
            CompletableFuture<Void> killing = CompletableFuture.runAsync(redis::kill, services.executor());
            do {
                useOften(store).forEach(RedisOutageTest::assertReported);
            } while (!killing.isDone());
            killing.join();
            await().until(() -> failureOf(get(store)) instanceof RedisUnavailableException);
            // A connection that is soon made again isn't told of.
            await().until(() -> ownLines().size() == 1);
            redis.start();

            awaitUse(store);
            assertThat(ownLines()).hasSize(2);
        }
    }

    @Test
    void frozen_commandsEndAndAreSoonRefusedAtOnceUntilItGoesOn() throws Exception {
        try (RedisProcess redis = RedisProcess.started();
                CacheStore store = open(Map.of("uri", redis.uri()))) {
            put(store);

            redis.freeze();
            useOften(store);
            await().until(() -> failureOf(get(store)) instanceof RedisUnavailableException);
            redis.resume();

            awaitUse(store);
            assertThat(get(store).join()).isPresent();
            assertThat(ownLines()).hasSize(2);
        }
    }

    @Test
    void outage_isALineOfTheCacheOfTheLimitsAndOfTheNotices_andAnotherWhenItIsOver() throws Exception {
        try (RedisProcess redis = RedisProcess.started();
                CacheStore store = open(Map.of("uri", redis.uri()));
                Coordination coordination = new RedisCoordinator()
                        .open(new Settings("coordinator redis", patient(Map.of("uri", redis.uri()))), services)) {
            put(store);
            await().until(() -> coordination.status().connected());

            redis.kill();
            awaitLines(
                    redis,
                    "can't be used \\(.*\\); (until it is back|meanwhile),? ",
                    List.of(
                            "cache redis: answers are neither found nor stored there",
                            "coordinator redis: this process grants its own share of each limit, one of 1",
                            "coordinator redis: notices of other processes don't arrive"));
            redis.start();

            awaitLines(
                    redis,
                    "(is back|can be used again); ",
                    List.of(
                            "cache redis: answers are found and stored there again",
                            "coordinator redis: the processes share limits again",
                            "coordinator redis: notices of other processes arrive again"));
        }
    }

    /** Waits until these are the lines about a Redis that match. */
    private void awaitLines(RedisProcess redis, String what, List<String> lines) {
        Pattern words = Pattern.compile("Redis at 127.0.0.1:" + redis.port() + " " + what);
        await().untilAsserted(() -> assertThat(ownLines().stream()
                        .map(words::matcher)
                        .filter(Matcher::find)
                        .map(line -> line.replaceFirst("").replaceAll("; check that .*", "")))
                .containsExactlyInAnyOrderElementsOf(lines));
    }

    @Test
    void wrongPassword_orNone_faultsWithoutTellingIt() throws Exception {
        try (RedisProcess redis = RedisProcess.started("requirepass right-secret")) {
            String inUri = "redis://:wrong-secret@127.0.0.1:" + redis.port();
            for (Map<String, String> settings : List.of(
                    Map.of("uri", redis.uri(), "password", "wrong-secret"),
                    Map.of("uri", inUri),
                    Map.of("uri", redis.uri()))) {
                String code = settings.equals(Map.of("uri", redis.uri())) ? "NOAUTH" : "WRONGPASS";
                try (CacheStore store = open(settings)) {
                    await().untilAsserted(
                                    () -> assertThat(failureOf(get(store))).hasMessageContaining(code));
                    assertThat(failureOf(get(store))).hasMessageNotContaining("wrong-secret");
                }
            }
            assertNothingLoggedContains("wrong-secret");
        }
    }

    @Test
    void rightPassword_worksAndIsNeverTold() throws Exception {
        try (RedisProcess redis = RedisProcess.started("requirepass right-secret")) {
            String inUri = "redis://:right-secret@127.0.0.1:" + redis.port() + "/3";
            for (Map<String, String> settings : List.of(
                    Map.of("uri", redis.uri(), "password", "right-secret"),
                    Map.of("uri", redis.uri(), "username", "default", "password", "right-secret"),
                    Map.of("uri", inUri))) {
                try (CacheStore store = open(settings)) {
                    put(store);
                    assertThat(get(store).join()).isPresent();
                }
            }
            assertNothingLoggedContains("right-secret");
        }
    }

    private CacheStore open(Map<String, String> settings) {
        return new RedisCache().open(new Settings("cache redis", patient(settings)), services);
    }

    /** Redis has so much time that a machine that stalls is no outage. */
    private static Map<String, String> patient(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("command-timeout", "5s");
        return all;
    }

    private void put(CacheStore store) {
        CacheEntry entry = new CacheEntry(
                Samples.completion("answer"), services.clock().instant().plus(Duration.ofHours(1)));
        store.put(KEY, entry).toCompletableFuture().join();
    }

    private static CompletableFuture<Optional<CacheHit>> get(CacheStore store) {
        return store.get(KEY).toCompletableFuture();
    }

    private void awaitUse(CacheStore store) {
        await().ignoreExceptions().untilAsserted(() -> {
            put(store);
            assertThat(get(store).join()).isPresent();
        });
    }

    /** Gives a hundred commands at once, as prompts do, and waits for all to end, no matter how. */
    private static List<CompletableFuture<Optional<CacheHit>>> useOften(CacheStore store) {
        List<CompletableFuture<Optional<CacheHit>>> all =
                Stream.generate(() -> get(store)).limit(100).toList();
        all.forEach(RedisOutageTest::end);
        return all;
    }

    /** If it failed, the engine doesn't warn of it, besides the link. */
    private static void assertReported(CompletableFuture<?> ended) {
        if (ended.isCompletedExceptionally()) {
            assertThat(failureOf(ended))
                    .isInstanceOf(ReportedFaultException.class)
                    .hasMessageMatching("cache redis: Redis at 127.0.0.1:\\d+ can't be used \\(.*");
        }
    }

    private static Throwable failureOf(CompletableFuture<?> future) {
        end(future);
        assertThat(future).isCompletedExceptionally();
        Throwable failure = catchThrowable(future::join);
        return Objects.requireNonNull(failure instanceof CompletionException ? failure.getCause() : failure);
    }

    private static void end(CompletableFuture<?> future) {
        try {
            future.handle((value, failure) -> true).get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("a command never ended", e);
        }
    }

    private List<String> ownLines() {
        return List.copyOf(logged.list).stream()
                .filter(event -> event.getLoggerName().startsWith("dev.whippletree.cache.redis"))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private void assertNothingLoggedContains(String secret) {
        String bytes = HexFormat.of().formatHex(secret.getBytes(UTF_8));
        assertThat(List.copyOf(logged.list))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(
                                event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy()))
                        .doesNotContain(secret, bytes));
    }
}
