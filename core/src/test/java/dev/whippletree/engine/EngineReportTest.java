package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Reach;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits that nobody declared, learned from what services report of them. */
final class EngineReportTest {

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final EngineFixture fixture = new EngineFixture();

    private static RateLimitReport report(
            long amount, long remaining, Refill refill, Duration reset, Optional<Duration> window) {
        return new RateLimitReport(
                Reach.ORGANIZATION,
                Limit.Unit.REQUESTS,
                OptionalLong.of(amount),
                OptionalLong.of(remaining),
                window,
                refill,
                Optional.of(reset));
    }

    @Test
    void limitOfOne_letsOneGoInEachWindow() {
        ScriptedClient client = fixture.account("a");
        client.usually(
                client.reports(Duration.ofMillis(100), () -> report(1, 0, Refill.AT_ONCE, WINDOW, Optional.empty())));
        CompletableFuture<Completion> first = fixture.ask("first");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(first).isCompleted();
        CompletableFuture<Completion> second = fixture.ask("second");
        fixture.advance(Duration.ofSeconds(12));
        assertThat(second).isCompleted();
        CompletableFuture<Completion> third = fixture.ask("third");
        fixture.advance(Duration.ofSeconds(12));
        assertThat(third).isCompleted();
    }

    @Test
    void learnedLimit_isWhollyLeftAgainAfterItsReset() {
        ScriptedClient client = fixture.account("a");
        client.then(
                client.reports(Duration.ofMillis(100), () -> report(50, 49, Refill.AT_ONCE, WINDOW, Optional.empty())));
        fixture.ask("q");
        fixture.run();
        fixture.advance(WINDOW.plusSeconds(1));
        assertThat(fixture.status("a").limits().get(0).left()).isEqualTo(50);
    }

    @Test
    void bucketWhoseWindowHasToBeGuessed_isOneLimitHoweverOftenItIsReported() {
        ScriptedClient client = fixture.account("a");
        int[] calls = {0};
        client.usually(client.reports(
                Duration.ofMillis(100),
                () -> report(
                        1_000,
                        900 - calls[0],
                        Refill.CONTINUOUS,
                        Duration.ofMillis(10_000 + 137L * calls[0]++),
                        Optional.empty())));
        fixture.askMany(50);
        fixture.run();
        assertThat(fixture.status("a").limits()).hasSize(1);
    }

    @Test
    void reportOfForever_isNoMistake() {
        ScriptedClient client = fixture.account("a");
        client.usually(client.reports(
                Duration.ofMillis(100),
                () -> report(10, 9, Refill.AT_ONCE, Duration.ofSeconds(Long.MAX_VALUE), Optional.empty())));
        List<CompletableFuture<Completion>> answers = fixture.askMany(4);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void declaredLimitThatIsSmaller_staysBesideTheReportedOne() {
        ScriptedClient client = fixture.account("a", "3 / 10s");
        client.usually(client.reports(
                Duration.ofMillis(100), () -> report(100, 99, Refill.AT_ONCE, WINDOW, Optional.empty())));
        fixture.askMany(10);
        fixture.advance(Duration.ofSeconds(5));
        assertThat(client.calls()).isEqualTo(3);
        assertThat(fixture.status("a").limits()).hasSize(2);
    }

    @Test
    void declaredLimitThatIsReportedToo_isLeftAgainByItsOwnCountAlone() {
        ScriptedClient client = fixture.account("a", "3 / 10s");
        Duration reset = Duration.ofSeconds(6);
        client.usually(
                client.reports(Duration.ofMillis(100), () -> report(3, 0, Refill.AT_ONCE, reset, Optional.empty())));
        fixture.askMany(6);
        fixture.advance(Duration.ofSeconds(10));
        assertThat(client.calls()).isEqualTo(3);
        fixture.advance(Duration.ofMillis(200));
        assertThat(client.calls()).isEqualTo(6);
    }

    /** It may mean milliseconds: a declared limit isn't waited for a thousand times as long. */
    @Test
    void resetBeyondADeclaredWindow_isMisread() {
        ScriptedClient client = fixture.account("a", "3 / 10s");
        Duration reset = Duration.ofSeconds(10_000);
        client.usually(
                client.reports(Duration.ofMillis(100), () -> report(3, 0, Refill.UNSAID, reset, Optional.empty())));
        fixture.askMany(6);
        fixture.advance(Duration.ofMillis(10_200));
        assertThat(client.calls()).isEqualTo(6);
    }

    /** By its resets the service seems to count in a bucket, which would refill while a window doesn't. */
    @Test
    void bucketThatIsOnlyInferred_standsForNoDeclaredLimit() {
        ScriptedClient client = fixture.account("a", "12 / 10s");
        for (int used = 1; used <= 12; used++) {
            int sum = used;
            client.then(client.reports(
                    Duration.ofMillis(100),
                    () -> report(
                            12,
                            12 - sum,
                            Refill.UNSAID,
                            WINDOW.multipliedBy(sum).dividedBy(12),
                            Optional.of(WINDOW))));
        }
        client.usually(client.answersAfter(Duration.ofMillis(100)));
        for (int call = 0; call < 20; call++) {
            fixture.ask("question " + call);
            fixture.advance(Duration.ofMillis(400));
        }
        assertThat(client.calls()).isEqualTo(12);
    }

    /** The only reported reset is the end of a window, and no window's length. */
    @Test
    void reportsThatEnd_leaveTheDeclaredLimit() {
        ScriptedClient client = fixture.account("a", "5 / 10s");
        client.then(client.reports(
                Duration.ofMillis(100), () -> report(5, 4, Refill.AT_ONCE, Duration.ofSeconds(2), Optional.empty())));
        client.usually(client.answersAfter(Duration.ofMillis(100)));
        fixture.ask("first");
        fixture.advance(Duration.ofSeconds(1));
        fixture.askMany(30);
        fixture.advance(Duration.ofSeconds(9));
        assertThat(client.calls()).isEqualTo(5);
    }

    @Test
    void reportedAmountThatGrows_leavesTheDeclaredLimit() {
        ScriptedClient client = fixture.account("a", "5 / 10s");
        client.then(client.reports(
                Duration.ofMillis(100),
                () -> report(5, 4, Refill.CONTINUOUS, Duration.ofSeconds(2), Optional.of(WINDOW))));
        client.usually(client.reports(
                Duration.ofMillis(100),
                () -> report(50, 49, Refill.CONTINUOUS, Duration.ofMillis(200), Optional.of(WINDOW))));
        fixture.ask("first");
        fixture.advance(Duration.ofSeconds(1));
        fixture.askMany(30);
        fixture.advance(Duration.ofSeconds(8));
        assertThat(client.calls()).isLessThanOrEqualTo(6);
    }

    @Test
    void twoDeclaredLimitsOfOneAmount_bothHold_whicheverIsReported() {
        ScriptedClient client = fixture.account("a", "4 / 10s", "4 / 1m");
        client.usually(
                client.reports(Duration.ofMillis(100), () -> report(4, 0, Refill.AT_ONCE, WINDOW, Optional.empty())));
        fixture.askMany(20);
        fixture.advance(Duration.ofSeconds(59));
        assertThat(client.calls()).isEqualTo(4);
    }

    /** Counts in fixed windows, and remembers the fullest. */
    private final class FixedService {
        private final long amount;
        private final long phase;
        private long window = -1;
        private long used;
        private long fullest;

        FixedService(long amount, long phase) {
            this.amount = amount;
            this.phase = phase;
        }

        RateLimitReport arrive() {
            long at = fixture.timeline.nanoTime() + phase;
            long current = at / WINDOW.toNanos();
            if (current != window) {
                window = current;
                used = 0;
            }
            used++;
            fullest = Math.max(fullest, used);
            return report(
                    amount,
                    Math.max(0, amount - used),
                    Refill.AT_ONCE,
                    Duration.ofNanos(WINDOW.toNanos() - at % WINDOW.toNanos()),
                    Optional.empty());
        }
    }

    /** A bucket that remembers the lowest it has been. */
    private final class BucketService {
        private final long amount;
        private double level;
        private double lowest;
        private long at;

        BucketService(long amount) {
            this.amount = amount;
            this.level = amount;
            this.lowest = amount;
        }

        RateLimitReport arrive() {
            long now = fixture.timeline.nanoTime();
            level = Math.min(amount, level + (now - at) * (double) amount / WINDOW.toNanos()) - 1;
            at = now;
            lowest = Math.min(lowest, level);
            return report(
                    amount,
                    (long) Math.max(0, level),
                    Refill.CONTINUOUS,
                    Duration.ofNanos((long) ((amount - level) / amount * WINDOW.toNanos())),
                    Optional.of(WINDOW));
        }
    }

    @Test
    void severalLimitsToldByOneResponse_allHoldBeforeAnythingBegins() {
        ScriptedClient client = fixture.account("a").counts(Admission.onEntry(100, 0));
        AtomicInteger counted = new AtomicInteger();
        client.usually((prompt, model, sink) -> {
            sink.sent();
            long left = Math.max(0, 700 - 100L * counted.incrementAndGet());
            fixture.timeline.schedule(Duration.ofMillis(100).toNanos(), () -> {
                sink.firstByte();
                sink.limits(List.of(report(1_000, 999, Refill.AT_ONCE, WINDOW, Optional.empty()), tokens(700, left)));
                sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            });
            return () -> {};
        });
        for (int question = 0; question < 50; question++) {
            fixture.ask("question " + question);
        }

        fixture.advance(Duration.ofSeconds(1));

        assertThat(client.calls()).isEqualTo(7);
    }

    private static RateLimitReport tokens(long amount, long remaining) {
        return new RateLimitReport(
                Reach.ORGANIZATION,
                Limit.Unit.TOKENS,
                OptionalLong.of(amount),
                OptionalLong.of(remaining),
                Optional.empty(),
                Refill.AT_ONCE,
                Optional.of(WINDOW));
    }

    /** Arrives, is counted and reported at some moment of the call, and answers at its end. */
    private void serve(ScriptedClient client, SplittableRandom random, Supplier<RateLimitReport> service) {
        client.usually((prompt, model, sink) -> {
            sink.sent();
            long arrives = random.nextLong(Duration.ofMillis(300).toNanos());
            long answers = random.nextLong(Duration.ofMillis(700).toNanos());
            fixture.timeline.schedule(arrives, () -> {
                RateLimitReport told = service.get();
                fixture.timeline.schedule(answers, () -> {
                    sink.firstByte();
                    sink.limits(List.of(told));
                    sink.delta(new Delta.Text("answer"));
                    sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
                });
            });
            return () -> {};
        });
    }

    private List<CompletableFuture<Completion>> askOverTime(int count, SplittableRandom random) {
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            answers.add(fixture.ask("question " + index));
            fixture.advance(Duration.ofMillis(random.nextLong(200)));
        }
        return answers;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void fixedWindowsOnlyLearned_areNeverExceeded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 5 + random.nextLong(40);
        FixedService service = new FixedService(amount, random.nextLong(WINDOW.toNanos()));
        serve(fixture.account("a"), random, service::arrive);
        List<CompletableFuture<Completion>> answers = askOverTime(400, random);
        fixture.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(service.fullest).isLessThanOrEqualTo(amount);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void bucketOnlyLearned_isNeverOverdrawn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 5 + random.nextLong(40);
        BucketService service = new BucketService(amount);
        serve(fixture.account("a"), random, service::arrive);
        List<CompletableFuture<Completion>> answers = askOverTime(400, random);
        fixture.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(service.lowest).isGreaterThanOrEqualTo(-1e-6);
    }
}
