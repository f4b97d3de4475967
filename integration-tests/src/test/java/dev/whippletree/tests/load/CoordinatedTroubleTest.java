package dev.whippletree.tests.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.testkit.redis.RedisProcess;
import dev.whippletree.testkit.redis.StoodStill;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three Whippletrees over one real Redis that coordinates them, and what befalls it. They share all limits, so what the
 * service counts says whether they kept them together; and no prompt may be lost, whatever happens.
 */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CoordinatedTroubleTest {

    private static final LoadCase LOAD = LoadCase.shared();
    private static final int PROCESSES = 3;
    private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(30);

    /**
     * A process that stands still for longer than Redis is awaited makes a call of its own, and uses a share of limits
     * beside the others, and is right to.
     */
    private static final Map<String, String> PATIENT = Map.of("command-timeout", "5s");

    private final List<Whippletree> processes = new ArrayList<>();
    private final Map<String, Whippletree> bySession = new HashMap<>();
    private RedisProcess redis;
    private LoadBench bench;

    @BeforeEach
    void prepare() throws Exception {
        redis = RedisProcess.prepared();
        bench = LoadBench.start(LOAD);
    }

    @AfterEach
    void end() throws Exception {
        processes.forEach(Whippletree::close);
        bench.close();
        redis.close();
    }

    private void open(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(redis.settings());
        settings.putAll(more);
        Map<String, String> cache = new HashMap<>(settings);
        cache.remove("processes");
        for (int number = 0; number < PROCESSES; number++) {
            processes.add(bench.configured()
                    .cache("ehcache")
                    .cache("redis", cache)
                    .coordinator("redis", settings)
                    .build());
        }
    }

    private void openConnected() {
        open(PATIENT);
        awaitConnected();
    }

    private void awaitConnected() {
        await().atMost(LONGEST_RECOVERY)
                .untilAsserted(() -> assertThat(coordinations()).allSatisfy(there -> {
                    assertThat(there.connected()).isTrue();
                    assertThat(there.processes()).isEqualTo(PROCESSES);
                }));
    }

    private synchronized CompletableFuture<Completion> complete(Prompt prompt) {
        String session = prompt.session().orElseThrow();
        return bySession
                .computeIfAbsent(session, unknown -> processes.get(bySession.size() % PROCESSES))
                .complete(prompt);
    }

    private List<StatusSnapshot.CoordinatorStatus> coordinations() {
        return processes.stream()
                .map(process -> process.status().coordination().orElseThrow())
                .toList();
    }

    private InterviewResults conduct(LoadBench.Trouble trouble) throws Exception {
        return LoadBench.resultsOf(bench.conduct(this::complete, trouble));
    }

    private void assertAllAnsweredWithinLimits(InterviewResults results) {
        ServiceStats stats = bench.stats();
        assertThat(results.errors()).isEmpty();
        assertThat(results.wrong()).isZero();
        assertThat(results.answered()).isEqualTo(LOAD.interviews().prompts());
        assertThat(stats.rateLimited()).isZero();
        for (LimitStats limit : stats.limits()) {
            assertThat(limit.fullest()).as(limit.organization()).isLessThanOrEqualTo(limit.amount());
        }
    }

    /** A look or a claim that isn't answered within a second is a fault, and may cost a call. */
    private void assertOneCallForEachQuestion() {
        long faults = processes.stream()
                .map(Whippletree::status)
                .mapToLong(status -> status.coordination().orElseThrow().faults()
                        + status.caches().stream()
                                .mapToLong(StatusSnapshot.CacheTier::faults)
                                .sum())
                .sum();
        long distinct = LOAD.interviews().distinct();
        assertThat(bench.stats().calls()).isBetween(distinct, distinct + faults);
    }

    private void onRedis(Consumer<RedisCommands<String, String>> commands) {
        RedisClient client = RedisClient.create(redis.uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            commands.accept(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ZERO);
        }
    }

    @Test
    void withoutTrouble_eachQuestionCostsOneCall_andTheLimitsAreKept() throws Exception {
        redis.start();
        openConnected();
        assertAllAnsweredWithinLimits(conduct(() -> {}));
        assertOneCallForEachQuestion();
        assertThat(coordinations()).allSatisfy(there -> {
            assertThat(there.alone()).isZero();
            assertThat(StoodStill.leftOutOf(there.problem())).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"killed", "restarted", "frozen", "emptied", "scripts flushed", "out of memory"})
    void inTrouble_eachKeepsToItsShareAndSaysSo_andAllShareAgainOnceItIsOver(String trouble) throws Exception {
        redis.start();
        openConnected();
        assertAllAnsweredWithinLimits(conduct(() -> happen(trouble)));
        switch (trouble) {
            case "killed" -> {
                assertThat(coordinations())
                        .anySatisfy(there -> assertThat(there.alone()).isPositive());
                await().atMost(LONGEST_RECOVERY)
                        .untilAsserted(() -> assertThat(coordinations())
                                .allSatisfy(there -> assertThat(there.problem()).isPresent()));
                redis.start();
            }
            case "frozen" -> redis.resume();
            case "scripts flushed" -> assertOneCallForEachQuestion();
            case "out of memory" -> {
                await().atMost(LONGEST_RECOVERY)
                        .untilAsserted(() -> assertThat(coordinations())
                                .anySatisfy(there ->
                                        assertThat(there.problem().orElse("")).containsIgnoringCase("memory")));
                onRedis(commands -> commands.configSet("maxmemory", "0"));
            }
            default -> {}
        }
        awaitConnected();
        assertThat(coordinations())
                .allSatisfy(there ->
                        assertThat(StoodStill.leftOutOf(there.problem())).isEmpty());
    }

    private void happen(String trouble) throws Exception {
        switch (trouble) {
            case "killed" -> redis.kill();
            case "restarted" -> {
                redis.kill();
                redis.start();
            }
            case "frozen" -> redis.freeze();
            case "emptied" -> onRedis(RedisCommands::flushall);
            case "scripts flushed" -> onRedis(RedisCommands::scriptFlush);
            case "out of memory" -> onRedis(commands -> commands.configSet("maxmemory", "1"));
            default -> throw new AssertionError(trouble);
        }
    }

    @Test
    void downAtTheStart_theStatedNumberOfProcessesIsTheShare() throws Exception {
        open(Map.of("processes", Integer.toString(PROCESSES)));
        assertAllAnsweredWithinLimits(conduct(() -> {}));
        assertThat(coordinations()).allSatisfy(there -> {
            assertThat(there.connected()).isFalse();
            assertThat(there.alone()).isPositive();
        });
        redis.start();
        awaitConnected();
    }

    @Test
    void wrongPassword_eachKeepsToItsShare_andSaysSo() throws Exception {
        redis.start();
        onRedis(commands -> commands.configSet("requirepass", "right"));
        open(Map.of("processes", Integer.toString(PROCESSES), "password", "wr0ng-secret"));
        assertAllAnsweredWithinLimits(conduct(() -> {}));
        assertThat(coordinations()).allSatisfy(there -> {
            assertThat(there.connected()).isFalse();
            assertThat(there.problem())
                    .isPresent()
                    .hasValueSatisfying(problem -> assertThat(problem).doesNotContain("wr0ng-secret"));
        });
    }
}
