package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.EnginesOverRedis.AMOUNT;
import static dev.whippletree.cache.redis.EnginesOverRedis.SHARE;
import static dev.whippletree.cache.redis.EnginesOverRedis.fullest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.testkit.emulator.SimulatedProcesses.Outcome;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Several engines over one modelled Redis and faulty networks, in virtual time: whatever happens, every prompt is
 * answered and nothing is left behind; and limits hold as far as is promised.
 */
@Tag("slow")
class EnginesOverRedisTest {

    /** 180 calls, 48 at once. */
    private static final Duration LIMITS_TAKE = EnginesOverRedis.WINDOW.multipliedBy(3);

    /** Each trouble, from a few seeds: a tenth of a second each. */
    static Stream<Arguments> few() {
        return seedsOfEach(2);
    }

    static Stream<Arguments> many() {
        return seedsOfEach(200);
    }

    private static Stream<Arguments> seedsOfEach(long most) {
        return Stream.of(Trouble.values())
                .flatMap(trouble -> LongStream.rangeClosed(1, most).mapToObj(seed -> Arguments.of(trouble, seed)));
    }

    @ParameterizedTest
    @MethodSource("few")
    void trouble_leavesNobodyWithoutAnAnswer_andNoMoreIsUsedThanIsPromised(Trouble trouble, long seed) {
        EnginesOverRedis engines = new EnginesOverRedis(seed).with(trouble);
        Outcome outcome = engines.run();
        switch (trouble) {
            case NONE -> assertInStep(engines, outcome, seed, Duration.ofSeconds(8));
            case SLOWNESS -> assertInStep(engines, outcome, seed, Duration.ofSeconds(10));
            case ONE_CUT_OFF, ONE_UNHEARD ->
                assertThat(fullest(outcome)).as("seed %d", seed).isLessThanOrEqualTo(AMOUNT + SHARE);
            case LOSSES, FREEZES, ALL_CUT_OFF, ALL_UNHEARD, EMPTIED, KILLED ->
                assertThat(fullest(outcome))
                        .as("seed %d, granted alone %d", seed, engines.alone())
                        .isLessThanOrEqualTo(AMOUNT + Math.min(AMOUNT, engines.alone()));
            case SEVERAL -> assertThat(fullest(outcome)).as("seed %d", seed).isLessThanOrEqualTo(2 * AMOUNT);
        }
        engines.assertNothingIsLeft();
    }

    @Tag("thorough")
    @ParameterizedTest
    @MethodSource("many")
    void trouble_fromManySeeds(Trouble trouble, long seed) {
        trouble_leavesNobodyWithoutAnAnswer_andNoMoreIsUsedThanIsPromised(trouble, seed);
    }

    /** While everybody reaches Redis, all is as if there were one process. */
    private static void assertInStep(EnginesOverRedis engines, Outcome outcome, long seed, Duration slack) {
        assertThat(fullest(outcome)).as("seed %d", seed).isEqualTo(AMOUNT);
        assertThat(outcome.service().calls()).as("seed %d", seed).isEqualTo(engines.distinct());
        assertThat(outcome.results().elapsed())
                .as("seed %d: as long as the limits take, and nobody waits for what he isn't told", seed)
                .isLessThan(LIMITS_TAKE.plus(slack));
        assertThat(engines.alone()).as("seed %d", seed).isZero();
        assertThat(outcome.statuses()).as("seed %d", seed).allSatisfy(status -> {
            assertThat(status.coordination().orElseThrow().refused()).isPositive();
            assertThat(status.coordination().orElseThrow().leftToOthers()).isPositive();
        });
    }

    @Test
    void cutOffBeforeAnythingWasUsed_theSharesOfAllAreTheLimit() {
        EnginesOverRedis engines = new EnginesOverRedis(1);
        engines.everywhere(network -> network.setDown(true));
        engines.after(Duration.ofSeconds(25), () -> engines.everywhere(network -> network.setDown(false)));

        Outcome outcome = engines.run();

        assertThat(fullest(outcome)).isEqualTo(AMOUNT);
        assertThat(engines.alone()).isPositive();
    }

    private static EnginesOverRedis engines(int interviews) {
        return new EnginesOverRedis(
                1,
                EnginesOverRedis.Size.of(
                        2,
                        1,
                        Interviews.STANDARD
                                .withInterviews(interviews)
                                .withQuestions(1)
                                .withRepeat(1 - 1.0 / interviews),
                        Duration.ofSeconds(5)));
    }

    @Test
    void callOfAQuestionThatNobodyElseAsks_looksForItsAnswerOnce() {
        EnginesOverRedis engines = engines(1);

        engines.run();

        assertThat(engines.redis().commands())
                .contains(entry("get", 1L), entry("claim", 1L), entry("set", 1L), entry("unclaim", 1L));
    }

    /** What a process asks arrives at each tenth of a millisecond around the moment when another stores the answer. */
    @Test
    void questionOfTwoProcesses_isOneCall_whetherItsAnswerIsStoredBeforeALookOrAfterIt() {
        int lateLooks = 0;
        for (int tenths = 3_200; tenths < 3_300; tenths++) {
            EnginesOverRedis engines = engines(2);
            engines.network(1).freeze(Duration.ofNanos(tenths * 100_000L));

            Outcome outcome = engines.run();

            assertThat(outcome.service().calls())
                    .as("%d tenths of a millisecond", tenths)
                    .isEqualTo(1);
            lateLooks += engines.redis().commands().get("unclaim") == 2 ? 1 : 0;
        }
        assertThat(lateLooks).as("claims after the answer was stored").isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "SEVERAL"})
    void sameSeed_isTheSameRun(Trouble trouble) {
        Outcome once = new EnginesOverRedis(5).with(trouble).run();
        Outcome again = new EnginesOverRedis(5).with(trouble).run();

        assertThat(again.results()).isEqualTo(once.results());
        assertThat(again.service()).isEqualTo(once.service());
    }
}
