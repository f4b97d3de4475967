package dev.whippletree.emulator.refusals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.refusals.RefusalRun.Share;
import dev.whippletree.emulator.refusals.RefusingService.Foreign;
import dev.whippletree.emulator.refusals.RefusingService.Known;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.emulator.simulation.SimulatedPool;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the production engine takes refusals by chance and limits that nobody tells or that are cut. */
@Tag("slow")
class RefusalsTest {

    private static final long SEED = 11;

    @ParameterizedTest
    @CsvSource({"0.1, 300, 64, 0.85", "0.5, 1000, 8, 0.8"})
    void refusedByChance_closesNothing(double share, long millis, int width, double least) {
        Figures figures = lottery(RefusingService.lottery(share, Duration.ofMillis(millis), width));

        assertThat(figures.use()).isGreaterThan(least);
        assertThat(figures.lost()).isZero();
    }

    static Stream<Arguments> hiddenLimits() {
        Arguments sliding = Arguments.of(Counting.SLIDING, true, "6 requests / 10s");
        Arguments bucket = Arguments.of(Counting.BUCKET, true, "10 requests / 1s");
        return Boolean.getBoolean("thorough") ? Stream.of(sliding, bucket) : Stream.of(sliding);
    }

    @ParameterizedTest
    @MethodSource("hiddenLimits")
    void hiddenLimit_isFound_andFoundAgainWhenItHalvesAndDoubles(Counting counting, boolean told, String limit) {
        findsAHiddenLimit(counting, told, limit);
    }

    /** Each takes long. */
    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({"SLIDING, false, 60 requests / 1min", "FIXED, false, 100 requests / 10s"})
    void hiddenLimitThatIsNotTold_isFound_andFoundAgainWhenItHalvesAndDoubles(
            Counting counting, boolean told, String limit) {
        findsAHiddenLimit(counting, told, limit);
    }

    private void findsAHiddenLimit(Counting counting, boolean told, String limit) {
        RefusingService service = RefusingService.of(limit, counting).told(told);
        RefusalRun run = new RefusalRun(service, 1).ask(80);

        for (double factor : new double[] {1, 0.5, 1}) {
            run.changeLimits(factor);
            run.run(unit(service).multipliedBy(10));
            Share share = run.run(unit(service).multipliedBy(8));

            assertThat(share.refusedShare()).as("refused: %s", share).isLessThan(0.01);
            assertThat(share.use(service.perSecond() * factor)).as("%s", share).isGreaterThan(0.8);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void numberUnderWay_isFound(int most) {
        RefusalRun run = new RefusalRun(RefusingService.ofMostUnderWay(most), 3).ask(80);
        Duration time = Duration.ofSeconds(2000 / most);

        // That it is the number and no rate is known only after some refusals.
        run.run(time.multipliedBy(2));
        Share share = run.run(time);

        assertThat(share.refusedShare()).as("refused: %s", share).isLessThan(0.01);
        assertThat(share.answered()).isGreaterThan(1600);
    }

    @Test
    void learnedRate_isInTheStatus_onceItIsKnown() {
        RefusalRun run = new RefusalRun(RefusingService.of("1000 requests / 1h", Counting.SLIDING), 4).ask(80);

        run.run(Duration.ofMinutes(30));
        assertThat(run.account().limits()).isEmpty();
        run.run(Duration.ofHours(4));
        assertThat(run.account().limits()).singleElement().satisfies(learned -> {
            assertThat(learned.source()).isEqualTo(LimitStatus.LimitSource.LEARNED);
            assertThat(learned.window()).contains(Duration.ofHours(1));
            assertThat(learned.amount()).isBetween(850L, 1200L);
        });
    }

    @Test
    void declaredLimitCutToHalf_isLearned_andTrustedWhenItIsRightAgain() {
        learnsALimitCutToHalf("100 requests / 10s", Counting.BUCKET);
    }

    @Test
    @Tag("thorough")
    void declaredSlidingLimitCutToHalf_isLearned_andTrustedWhenItIsRightAgain() {
        learnsALimitCutToHalf("1000 requests / 1min", Counting.SLIDING);
    }

    private static void learnsALimitCutToHalf(String limit, Counting counting) {
        RefusingService service = RefusingService.of(limit, counting).known(Known.DECLARED);

        RefusalRun run = new RefusalRun(service, SEED).ask(service.width() + 16);
        run.run(unit(service).multipliedBy(10));
        run.changeLimits(0.5);
        Figures half = new Figures(service, 0.5, run.run(unit(service).multipliedBy(8)), 0);
        run.changeLimits(1);
        run.run(unit(service).multipliedBy(2));
        Figures wholeAgain = new Figures(service, 1, run.run(unit(service).multipliedBy(8)), 0);

        assertThat(half.refused()).isLessThan(0.05);
        assertThat(half.use()).isGreaterThan(0.8);
        assertThat(wholeAgain.use()).isGreaterThan(0.9);
    }

    /** With seed 2, a hidden limit's pace that each brief refusal cuts comes to 0.55. */
    @ParameterizedTest
    @CsvSource({
        "REPORTED, 1000 requests / 1min, STEADY, 11, 0.97",
        "REPORTED, 100 requests / 10s, BURSTS, 11, 0.8",
        "DECLARED, 100 requests / 10s, STEADY, 11, 0.75",
        "DECLARED, 100 requests / 10s, BURSTS, 11, 0.42",
        "HIDDEN, 1000 requests / 1min, STEADY, 2, 0.94"
    })
    void halfOfASlidingWindowUsedByOthers_restIsUsed(
            Known known, String limit, Foreign foreign, long seed, double least) {
        RefusingService service =
                RefusingService.of(limit, Counting.SLIDING).known(known).foreign(foreign);

        RefusalRun run = new RefusalRun(service, seed).ask(service.width() + 16);
        Share before = run.run(unit(service).multipliedBy(10));
        Figures figures = new Figures(service, 1, run.run(unit(service).multipliedBy(8)), before.lost());

        assertThat(figures.use()).isGreaterThan(least);
        assertThat(figures.refused()).isLessThan(0.03);
        assertThat(figures.lost()).isZero();
    }

    /** Of 60 at once and 60 more each minute, 500 need 440 s. */
    @ParameterizedTest
    @CsvSource({"FIXED, true", "FIXED, false", "SLIDING, true", "SLIDING, false", "BUCKET, true", "BUCKET, false"})
    void shorterLimitThanTheDeclaredOne_isFound_andTheDeclaredOneBelieved(Counting counting, boolean told) {
        SimulatedPool pool = SimulatedPool.builder(1)
                .account(account("declared", limit("1000 requests / 1h", counting)))
                .account(account("untold", limit("60 requests / 1m", counting)).undeclared())
                .link(new Link(Duration.ofMillis(20), Duration.ofMillis(60), 0))
                .service(ServiceKind.HUGGING_FACE, settings -> {
                    settings.latency(Latency.uniform(Duration.ofMillis(500), 0.5))
                            .refusalLatency(Duration.ofMillis(20));
                    return told ? settings : settings.keepsWaitsToItself();
                })
                .build();

        List<CompletableFuture<?>> asked = IntStream.range(0, 500)
                .<CompletableFuture<?>>mapToObj(number -> pool.complete(Prompt.of("question " + number)))
                .toList();
        pool.timeline().advance(Duration.ofSeconds(440).plusMinutes(4));

        assertThat(asked).allMatch(answer -> answer.isDone() && !answer.isCompletedExceptionally());
    }

    /** What came of a run. */
    private record Figures(double use, double refused, long lost) {

        Figures(RefusingService service, double factor, Share share, long lostBefore) {
            this(share.use(service.perSecond() * factor), share.refusedShare(), share.lost() + lostBefore);
        }
    }

    /** Use is the time without the lottery as a share of that with it. */
    private static Figures lottery(RefusingService service) {
        int prompts = 4000;
        double without = new RefusalRun(service.lottery(0), SEED).secondsFor(prompts, Duration.ofHours(5));
        RefusalRun run = new RefusalRun(service, SEED);
        double with = run.secondsFor(prompts, Duration.ofSeconds((long) Math.ceil(without * 100)));
        return new Figures(
                without / with * (prompts - run.openPrompts()) / prompts,
                (double) run.account().rateLimited() / run.account().calls(),
                run.lost());
    }

    /** The time of 400 calls, or one window if that is longer. */
    private static Duration unit(RefusingService service) {
        Duration calls = Duration.ofNanos((long) (400 / service.perSecond() * 1e9));
        return calls.compareTo(service.window()) > 0 ? calls : service.window();
    }

    private static SimulatedAccount account(String id, ServiceLimit limit) {
        return SimulatedAccount.of(id, ServiceKind.HUGGING_FACE, limit)
                .ofOrganization("ours")
                .withMaxConcurrency(32);
    }

    private static ServiceLimit limit(String limit, Counting counting) {
        return new ServiceLimit(Limit.parse(limit), counting, false);
    }
}
