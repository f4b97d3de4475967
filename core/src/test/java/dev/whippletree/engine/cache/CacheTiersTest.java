package dev.whippletree.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.ScriptedCache;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.engine.run.PluginFaults;
import dev.whippletree.engine.run.PluginTasks;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.ReportedFaultException;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CacheTiersTest {

    private static final CacheKey KEY = new CacheKey("0".repeat(64), "", Optional.empty());
    private static final Completion ANSWER = new Completion(
            "answer",
            Optional.empty(),
            List.of(),
            FinishReason.STOP,
            Optional.empty(),
            new Origin(Origin.Source.CALL, "a", "model", 1, Duration.ZERO, Optional.empty()));

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final ScriptedCache near = new ScriptedCache(timeline);
    private final ScriptedCache far = new ScriptedCache(timeline);
    private final CacheTiers tiers = new CacheTiers(
            List.of(new Topology.OpenCache("near", near), new Topology.OpenCache("far", far)),
            timeline,
            Duration.ofSeconds(1));
    private final List<Optional<CacheTiers.Found>> outcomes = new ArrayList<>();

    private CacheEntry entry(Duration ttl) {
        return new CacheEntry(ANSWER, timeline.now().plus(ttl));
    }

    private List<StatusSnapshot.CacheTier> status() {
        return tiers.status(tiers.remarks());
    }

    private Optional<CacheTiers.Found> find() {
        outcomes.clear();
        tiers.find(KEY, outcomes::add);
        timeline.runAll();
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }

    @Test
    void farHit_fillsTheNearOne_untilTheSameTime_andTheNearHitAsksNobodyElse() {
        CacheEntry stored = entry(Duration.ofHours(1));
        assertThat(find()).isEmpty();
        far.inexact().entries().put(KEY, stored);
        assertThat(find()).isPresent();
        assertThat(near.entries()).as("it wasn't exact").isEmpty();
        far.exact().entries().put(KEY, stored);
        assertThat(find().orElseThrow().tier()).isEqualTo("far");
        assertThat(near.entries()).containsEntry(KEY, stored);
        assertThat(find().orElseThrow().tier()).isEqualTo("near");
        assertThat(far.gets()).isEqualTo(3);
        assertThat(status()).extracting(StatusSnapshot.CacheTier::misses).containsExactly(3L, 1L);
    }

    /** Another process can have stored it only in the cache that is shared. */
    @Test
    void lookingAgain_asksOnlyWhatIsShared_andCountsNoMiss() {
        ScriptedCache shared = new ScriptedCache(timeline);
        CacheTiers three = new CacheTiers(
                List.of(
                        new Topology.OpenCache("near", near),
                        new Topology.OpenCache("far", far),
                        new Topology.OpenCache("shared", true, shared)),
                timeline,
                Duration.ofSeconds(1));
        three.findOfOthers(KEY, outcomes::add);
        shared.entries().put(KEY, entry(Duration.ofHours(1)));
        three.findOfOthers(KEY, outcomes::add);
        assertThat(outcomes.get(0)).isEmpty();
        assertThat(outcomes.get(1).orElseThrow())
                .isEqualTo(new CacheTiers.Found(entry(Duration.ofHours(1)), "shared", 2));
        assertThat(near.gets() + far.gets()).isZero();
        assertThat(near.entries()).isEqualTo(shared.entries());
        assertThat(far.entries()).isEqualTo(shared.entries());
        assertThat(three.status(three.remarks()))
                .containsExactly(
                        new StatusSnapshot.CacheTier("near", 0, 0, 0, List.of()),
                        new StatusSnapshot.CacheTier("far", 0, 0, 0, List.of()),
                        new StatusSnapshot.CacheTier("shared", 1, 0, 0, List.of()));
        assertThat(three.isShared()).isTrue();
        assertThat(tiers.isShared()).isFalse();
    }

    @Test
    void expiredEntry_isAMissAndTheNextTierIsAsked() {
        near.entries().put(KEY, entry(Duration.ZERO));
        far.entries().put(KEY, entry(Duration.ofHours(1)));
        assertThat(find().orElseThrow().tier()).isEqualTo("far");
    }

    @Test
    void damagedEntry_isAMissAndTheNextTierIsAsked() {
        Completion damaged = new Completion(
                "",
                Optional.empty(),
                List.of(new ToolCall("1", "f", "{\"a\":")),
                FinishReason.TOOL_CALLS,
                Optional.empty(),
                ANSWER.origin());
        near.entries().put(KEY, new CacheEntry(damaged, timeline.now().plusSeconds(10)));
        far.entries().put(KEY, entry(Duration.ofHours(1)));
        assertThat(find().orElseThrow().tier()).isEqualTo("far");
        assertThat(near.entries().get(KEY)).isEqualTo(far.entries().get(KEY));
    }

    @Test
    void silentCache_isPassedOverOnceItsTimeIsUp_andItsLateAnswerIsDropped() {
        near.latency(Duration.ofSeconds(5)).entries().put(KEY, entry(Duration.ofHours(1)));
        far.entries().put(KEY, entry(Duration.ofHours(1)));
        tiers.find(KEY, outcomes::add);
        timeline.advance(Duration.ofMillis(999));
        assertThat(outcomes).isEmpty();
        timeline.advance(Duration.ofMillis(1));
        assertThat(outcomes).hasSize(1);
        timeline.runAll();
        assertThat(outcomes).hasSize(1);
        assertThat(outcomes.get(0).orElseThrow().tier()).isEqualTo("far");
        assertThat(status().get(0).faults()).isPositive();
    }

    @Test
    void cacheThatAnswersInTime_leavesNoTimer() {
        near.latency(Duration.ofMillis(500));
        tiers.find(KEY, outcomes::add);
        timeline.advance(Duration.ofMillis(500));
        assertThat(outcomes).hasSize(1);
        assertThat(timeline.runNext()).isFalse();
    }

    @Test
    void store_tellsOnceTheNearestHasIt_howeverSlowTheOthersAre() {
        near.latency(Duration.ofMillis(500));
        far.fault(CompletableFuture::new);
        List<String> told = new ArrayList<>();
        tiers.toStore(
                        KEY,
                        entry(Duration.ofHours(1)),
                        () -> true,
                        () -> told.add("stored"),
                        () -> told.add("stored everywhere"))
                .run();
        assertThat(told).isEmpty();
        timeline.advance(Duration.ofMillis(500));
        assertThat(told).containsExactly("stored");
        assertThat(near.entries()).containsKey(KEY);
        timeline.runAll();
        assertThat(told).containsExactly("stored", "stored everywhere");
        assertThat(status().get(1).faults()).isEqualTo(1);
        far.entries().clear();
        tiers.toStore(
                        new CacheKey("1".repeat(64), "", Optional.empty()),
                        entry(Duration.ofHours(1)),
                        () -> false,
                        () -> told.add("damaged"),
                        () -> told.add("and over"))
                .run();
        assertThat(told).endsWith("damaged", "and over");
        assertThat(near.entries()).containsOnlyKeys(KEY);
    }

    @ParameterizedTest
    @CsvSource({
        "stop, true",
        "tool_calls, true",
        "function_call, true",
        "length, false",
        "content_filter, false",
        ", false"
    })
    void answerWithFurtherOnes_isWholeIfAllOfThemAre(String reason, boolean whole) {
        Map<String, Object> second = new HashMap<>();
        second.put("finish_reason", reason);
        assertThat(AnswerCheck.isWhole(withChoices(List.of(Map.of("finish_reason", "stop"), second))))
                .isEqualTo(whole);
        assertThat(AnswerCheck.isWhole(withChoices(List.of(second, Map.of("finish_reason", "stop")))))
                .isEqualTo(whole);
        assertThat(AnswerCheck.isWhole(withChoices(List.of("stop")))).isFalse();
        assertThat(AnswerCheck.isWhole(withChoices("stop"))).isFalse();
    }

    private static Completion withChoices(Object choices) {
        return new Completion(
                "answer",
                Optional.empty(),
                Optional.empty(),
                List.of(),
                FinishReason.STOP,
                Optional.empty(),
                new AnswerExtras(Map.of("choices", choices), Map.of(), Map.of()),
                ANSWER.origin());
    }

    /** A sweep of millions of answers takes its time. */
    @Test
    void clear_failsIfACacheIsSilent_onceItHasHadTenMinutes_andTheOthersAreCleared() {
        near.entries().put(KEY, entry(Duration.ofHours(1)));
        far.fault(CompletableFuture::new);
        CompletableFuture<Long> cleared = tiers.clear(Optional.empty());
        assertThat(near.entries()).isEmpty();
        timeline.advance(Duration.ofSeconds(599));
        assertThat(cleared).isNotDone();
        timeline.advance(Duration.ofSeconds(1));
        assertThat(cleared).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("no answer in time");
        assertThat(status().get(1).faults()).isEqualTo(1);
    }

    @Test
    void cacheThatAlwaysFails_isWarnedOfOnceAnHour() {
        near.fault(() -> CompletableFuture.failedFuture(new IllegalStateException("broken")));
        try (LoggedLines log = new LoggedLines(CacheTiers.class)) {
            for (int minutes = 0; minutes <= 60; minutes += 20) {
                find();
                timeline.advance(Duration.ofMinutes(20));
            }
            String line = "WARN Cache near failed, and is passed over: broken";
            assertThat(log.ofThisThread()).containsExactly(line, line);
        }
    }

    /** Nobody completes the future then, so that the cache's timeout would delay the prompt. */
    @Test
    void taskOfACacheThatThrows_isAFaultAtOnce() {
        Executor tasks = new PluginTasks(timeline.executor(), new PluginFaults(timeline));
        near.fault(() -> {
            tasks.execute(() -> {
                throw new IllegalStateException("broken");
            });
            return new CompletableFuture<>();
        });
        try (LoggedLines log = new LoggedLines(CacheTiers.class)) {
            assertThat(find()).isEmpty();
            assertThat(log.ofThisThread()).containsExactly("WARN Cache near failed, and is passed over: broken");
        }
        assertThat(timeline.nanoTime()).isZero();
    }

    /** Only there may another process have stored the answer. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cacheThatGivesNoAnswer_isToldBeforeTheOutcome_ifItIsShared(boolean shared) {
        CacheTiers one =
                new CacheTiers(List.of(new Topology.OpenCache("one", shared, near)), timeline, Duration.ofSeconds(1));
        near.fault(() -> CompletableFuture.failedFuture(new ReportedFaultException("away")));
        List<String> told = new ArrayList<>();
        one.find(KEY, () -> told.add("unanswered"), found -> told.add("outcome"));
        timeline.runAll();
        assertThat(told).isEqualTo(shared ? List.of("unanswered", "outcome") : List.of("outcome"));
    }

    @Test
    void faultThatTheCacheReports_isCounted_notWarnedOf() {
        near.fault(() -> CompletableFuture.failedFuture(new ReportedFaultException("away")));
        try (LoggedLines log = new LoggedLines(CacheTiers.class)) {
            find();
            assertThat(log.ofThisThread()).isEmpty();
        }
        assertThat(status().get(0).faults()).isEqualTo(1);
    }

    @Test
    void clear_waitsForWhatWasToBeStoredBefore_notForWhatIsLater() {
        Runnable before = tiers.toStore(KEY, entry(Duration.ofHours(1)), () -> true, () -> {}, () -> {});
        CompletableFuture<Long> cleared = tiers.clear(Optional.empty());
        Runnable later = tiers.toStore(KEY, entry(Duration.ofHours(1)), () -> true, () -> {}, () -> {});
        assertThat(cleared).isNotDone();
        before.run();
        assertThat(cleared).isCompletedWithValue(1L);
        assertThat(near.entries()).isEmpty();
        assertThat(far.entries()).isEmpty();
        later.run();
        assertThat(near.entries()).containsKey(KEY);
    }
}
