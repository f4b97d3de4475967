package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.simulation.HiddenLimitRun.Share;
import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Limits that nobody tells are found: the production engine against a modelled service, with more to ask than it
 * allows.
 *
 * <p>Each case is given 4,000 calls' time, or ten windows if that is longer, to find its limit, and then measured for
 * 3,200 calls' time or eight windows, so that at the half percent aimed at some sixteen 429s are expected and one more
 * or less changes little. The loss must be below 1 %; the answers a stated share of what the limit allows.
 */
@Tag("slow")
class HiddenLimitsTest {

    private static final Duration LATENCY = Duration.ofMillis(300);
    private static final String[] LIMITS = {
        "10 requests / 1s",
        "6 requests / 10s",
        "100 requests / 10s",
        "60 requests / 1min",
        "1000 requests / 1min",
        "1000 requests / 1h"
    };
    private static final long[] SEEDS = {1, 2};

    /** Of 72 cases, {@code verify} takes every seventh, which are of each kind. */
    private static final int EVERY = Boolean.getBoolean("thorough") ? 1 : 7;

    /** A case: how limits are counted, whether refusals tell the wait, which limit, which seed. */
    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Counting counting : List.of(Counting.SLIDING, Counting.FIXED, Counting.BUCKET)) {
            for (boolean told : new boolean[] {true, false}) {
                for (String limit : LIMITS) {
                    for (long seed : SEEDS) {
                        cases.add(Arguments.of(counting, told, Limit.parse(limit), seed));
                    }
                }
            }
        }
        return IntStream.range(0, cases.size())
                .filter(number -> number % EVERY == 0)
                .mapToObj(cases::get);
    }

    private static double perSecond(Limit limit) {
        return limit.amount() / (limit.window().toNanos() / 1e9);
    }

    /** The time of 400 calls, or one window if that is longer. */
    private static Duration unit(Limit limit) {
        Duration calls = Duration.ofNanos((long) (400 / perSecond(limit) * 1e9));
        return calls.compareTo(limit.window()) > 0 ? calls : limit.window();
    }

    private static Share settleAndMeasure(HiddenLimitRun run, Limit limit) {
        run.run(unit(limit).multipliedBy(10));
        return run.run(unit(limit).multipliedBy(8));
    }

    private static void check(Share share, Limit limit, double factor, double least) {
        double possible =
                perSecond(limit) * factor * unit(limit).multipliedBy(8).toSeconds();
        assertThat(share.refusedShare()).as("refused: %s", share).isLessThan(0.01);
        assertThat(share.answeredShare(possible))
                .as("of what is possible: %s", share)
                .isGreaterThan(least);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void hiddenLimit_isFound_andFoundAgainWhenItHalvesAndDoubles(
            Counting counting, boolean told, Limit limit, long seed) {
        HiddenLimitRun run = new HiddenLimitRun(seed, LATENCY, told, new ServiceLimit(limit, counting, false));
        check(settleAndMeasure(run, limit), limit, 1, 0.85);
        run.changeLimits(0.5);
        check(settleAndMeasure(run, limit), limit, 0.5, 0.85);
        run.changeLimits(1);
        check(settleAndMeasure(run, limit), limit, 1, 0.80);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 30})
    void numberUnderWay_isFound(int most) {
        Duration latency = Duration.ofSeconds(1);
        HiddenLimitRun run =
                new HiddenLimitRun(3, latency, HiddenLimitRun.builder().mostUnderWay(most));
        Duration time = Duration.ofSeconds(4000 / most);
        // That it is the number and no rate is known only after some refusals.
        run.run(time.multipliedBy(2));
        Share share = run.run(time);
        assertThat(share.refusedShare()).as("refused: %s", share).isLessThan(0.01);
        assertThat(share.answeredShare(4000))
                .as("of what is possible: %s", share)
                .isGreaterThan(0.8);
    }

    @Test
    void learnedRate_isInTheStatus() {
        Limit limit = Limit.parse("1000 requests / 1h");
        HiddenLimitRun run = new HiddenLimitRun(4, LATENCY, true, ServiceLimit.sliding(limit));
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
    void nothingHidden_nothingIsLearned() {
        HiddenLimitRun run = new HiddenLimitRun(5, LATENCY, true);
        Share share = run.run(Duration.ofMinutes(5));
        assertThat(share.refused()).isZero();
        assertThat(run.account().limits()).isEmpty();
    }
}
