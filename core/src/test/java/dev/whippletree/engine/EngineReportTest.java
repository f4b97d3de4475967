package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.ServiceModel;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Reach;
import dev.whippletree.model.StatusSnapshot;
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
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Limits that nobody declared, learned from what services report of them. */
final class EngineReportTest {

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final EngineFixture fixture = new EngineFixture();

    private static RateLimitReport report(
            long amount, long remaining, Refill refill, Duration reset, Optional<Duration> window) {
        return report(Limit.Unit.REQUESTS, amount, remaining, refill, reset, window);
    }

    private static RateLimitReport report(
            Limit.Unit unit, long amount, long remaining, Refill refill, Duration reset, Optional<Duration> window) {
        return new RateLimitReport(
                Reach.ORGANIZATION,
                unit,
                OptionalLong.of(amount),
                OptionalLong.of(remaining),
                window,
                refill,
                Optional.of(reset));
    }

    /** Answers after a tenth of a second, and says how a limit of requests stands whose window it doesn't tell. */
    private static void reports(ScriptedClient client, long amount, long remaining, Refill refill, Duration reset) {
        client.usually(client.reports(
                Duration.ofMillis(100), () -> report(amount, remaining, refill, reset, Optional.empty())));
    }

    /** One report locked its account for a month. */
    @Test
    void resetInWeeks_isBelievedForADay_ifItsWindowIsNotThatLong() {
        ScriptedClient client = fixture.account("a");
        reports(client, 100, 0, Refill.AT_ONCE, Duration.ofDays(30));
        assertSecondIsAnsweredBetween(Duration.ofHours(23), Duration.ofHours(25));
    }

    @Test
    void resetWithinAStatedWindow_isBelieved() {
        ScriptedClient client = fixture.account("a");
        Optional<Duration> month = Optional.of(Duration.ofDays(30));
        client.usually(client.reports(
                Duration.ofMillis(100), () -> report(100, 0, Refill.AT_ONCE, Duration.ofDays(20), month)));
        assertSecondIsAnsweredBetween(Duration.ofDays(19), Duration.ofDays(21));
    }

    private void assertSecondIsAnsweredBetween(Duration early, Duration late) {
        fixture.ask("first");
        fixture.advance(WINDOW);
        CompletableFuture<Completion> answer = fixture.ask("second");
        fixture.advance(early);
        assertThat(answer).isNotDone();
        fixture.advance(late.minus(early));
        assertThat(answer).isCompleted();
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
    void paceThatIsOnlyLearned_makesNoAccountBusy() {
        ScriptedClient client = fixture.account("a");
        long[] served = {0, 0};
        client.usually((prompt, model, sink) -> {
            long window = fixture.timeline.nanoTime() / WINDOW.toNanos();
            served[1] = window == served[0] ? served[1] + 1 : 1;
            served[0] = window;
            Duration latency = Duration.ofMillis(10);
            return (served[1] <= 20
                            ? client.answersAfter(latency)
                            : client.limits(
                                    latency, FailureKind.RATE_LIMITED, Duration.ofSeconds(1), Reach.ORGANIZATION))
                    .run(prompt, model, sink);
        });
        fixture.askMany(400);
        boolean seen = false;
        for (int step = 0; step < 1_000; step++) {
            fixture.advance(Duration.ofMillis(50));
            StatusSnapshot.AccountStatus status = fixture.status("a");
            seen |= status.limits().stream().anyMatch(limit -> limit.left() == 0);
            assertThat(status.reason().orElse("")).doesNotContain("used up");
        }
        assertThat(seen).isTrue();
    }

    @Test
    void reportOfForever_isNoMistake() {
        ScriptedClient client = fixture.account("a");
        reports(client, 10, 9, Refill.AT_ONCE, Duration.ofSeconds(Long.MAX_VALUE));
        List<CompletableFuture<Completion>> answers = fixture.askMany(4);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    /** A reset beyond the declared window is misread: it may mean milliseconds. */
    @ParameterizedTest
    @CsvSource({
        "3 / 10s, 100, 99, AT_ONCE, 10, 3, 6",
        "3 / 10s, 3, 0, AT_ONCE, 6, 3, 6",
        "3 / 10s, 3, 0, UNSAID, 10000, 3, 6",
        "4 / 10s; 4 / 1m, 4, 0, AT_ONCE, 10, 4, 4"
    })
    void declaredLimits_holdBesideWhatIsReported_eachByItsOwnCountAlone(
            String limits, long amount, long left, Refill refill, long reset, int atOnce, int afterTheWindow) {
        ScriptedClient client = fixture.account("a", limits.split("; "));
        reports(client, amount, left, refill, Duration.ofSeconds(reset));
        fixture.askMany(20);
        fixture.advance(Duration.ofSeconds(10));
        assertThat(client.calls()).isEqualTo(atOnce);
        fixture.advance(Duration.ofMillis(200));
        assertThat(client.calls()).isEqualTo(afterTheWindow);
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
    void severalLimitsToldByOneResponse_allHoldBeforeAnythingBegins() {
        ScriptedClient client = fixture.account("a").counts(Admission.onEntry(100, 0));
        AtomicInteger counted = new AtomicInteger();
        client.usually((prompt, model, sink) -> {
            sink.sent();
            long left = Math.max(0, 700 - 100L * counted.incrementAndGet());
            fixture.timeline.schedule(Duration.ofMillis(100).toNanos(), () -> {
                sink.firstByte();
                sink.limits(List.of(
                        report(1_000, 999, Refill.AT_ONCE, WINDOW, Optional.empty()),
                        report(Limit.Unit.TOKENS, 700, left, Refill.AT_ONCE, WINDOW, Optional.empty())));
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

    /** Arrives, is counted and reported at some moment of the call, and answers at its end. */
    private void serve(ScriptedClient client, SplittableRandom random, Supplier<RateLimitReport> service) {
        client.usually((prompt, model, sink) -> {
            sink.sent();
            long arrives = random.nextLong(Duration.ofMillis(300).toNanos());
            long answers = random.nextLong(Duration.ofMillis(700).toNanos());
            fixture.timeline.schedule(arrives, () -> {
                RateLimitReport told = service.get();
                client.reports(Duration.ofNanos(answers), () -> told).run(prompt, model, sink);
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

    static Stream<Arguments> seeds() {
        return Stream.of(Refill.CONTINUOUS, Refill.AT_ONCE, Refill.ONE_BY_ONE)
                .flatMap(refill -> LongStream.rangeClosed(1, 8).mapToObj(seed -> Arguments.of(refill, seed)));
    }

    private static ServiceModel service(Refill refill, long amount, long phase) {
        return switch (refill) {
            case CONTINUOUS -> new ServiceModel.Bucket(amount, WINDOW.toNanos());
            case ONE_BY_ONE -> new ServiceModel.Sliding(amount, WINDOW.toNanos());
            default -> new ServiceModel.Fixed(amount, WINDOW.toNanos(), phase);
        };
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void limitOnlyLearned_isNeverExceeded_andIsUsed(Refill refill, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 5 + random.nextLong(40);
        ServiceModel service = service(refill, amount, random.nextLong(WINDOW.toNanos()));
        List<Double> remaining = new ArrayList<>();
        serve(fixture.account("a"), random, () -> {
            long now = fixture.timeline.nanoTime();
            service.arrive(1, now);
            remaining.add(service.remaining(now));
            return report(
                    amount,
                    (long) Math.max(0, service.remaining(now)),
                    refill,
                    Duration.ofNanos(service.resetNanos(now)),
                    refill == Refill.CONTINUOUS ? Optional.of(WINDOW) : Optional.empty());
        });
        List<CompletableFuture<Completion>> answers = askOverTime(400, random);
        fixture.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(remaining).allMatch(left -> left >= -1e-6);
        assertThat(fixture.elapsed())
                .as("400 at %s per window", amount)
                .isLessThan(WINDOW.multipliedBy(420).dividedBy(amount));
    }
}
