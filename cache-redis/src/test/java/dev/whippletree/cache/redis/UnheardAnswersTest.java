package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.EnginesOverRedis.fullest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.EnginesOverRedis.Size;
import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.cache.redis.contact.FaultyCommands.Deafness;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.testkit.emulator.SimulatedProcesses.Outcome;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What processes ask arrives at Redis and is done there, but its answers don't arrive, for a second to a minute: at one
 * process, at some or at all, never or late, all answers or some, by a connection that stays or is made anew. In
 * virtual time.
 */
@Tag("slow")
class UnheardAnswersTest {

    private static final long AMOUNT = 24;
    private static final double LONGEST_SECONDS = 60;

    /** From the start of a run to the silence, and from there to the end. */
    private static final double AROUND_SECONDS = 35;

    private static final int INTERVIEWS = 48;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 1_000);
    }

    /**
     * Who hears Redis is granted what the others are known to have left, at most the limit; who doesn't, its share. So
     * it can be too much by the shares of those who don't hear, as long as somebody does.
     */
    @ParameterizedTest
    @CsvSource({"1, false", "18, false", "24, false", "29, false", "1, true", "18, true", "24, true", "29, true"})
    void noMoreIsUsed_thanTheLimitAndTheSharesOfThoseWhoDontHear(long seed, boolean cluster) {
        Silence silence = Silence.drawn(new SplittableRandom(seed));
        EnginesOverRedis engines = silence.over(seed, cluster);

        Outcome outcome = engines.run();

        assertThat(fullest(outcome))
                .as("seed %d, %s, granted alone %d", seed, silence, engines.alone())
                .isLessThanOrEqualTo(silence.mostUsed());
    }

    @Tag("thorough")
    @ParameterizedTest
    @MethodSource("seeds")
    void noMoreIsUsed_fromManySeeds(long seed) {
        noMoreIsUsed_thanTheLimitAndTheSharesOfThoseWhoDontHear(seed, seed % 2 == 0);
    }

    /**
     * What happens in a run.
     *
     * @param unheard how many processes don't hear
     * @param apart the longest time between the first and the last of them, at the beginning and at the end
     * @param renewed whether their connections are given up, and made anew when answers arrive again
     */
    private record Silence(
            int processes,
            int unheard,
            Deafness deafness,
            Duration commandTimeout,
            Duration from,
            Duration time,
            Duration apart,
            boolean renewed) {

        private static final Deafness[] KINDS = {
            Deafness.TO_ALL,
            Deafness.TO_ALL,
            Deafness.FOR_A_TIME,
            Deafness.TO_LIMITS,
            Deafness.TO_BEATS,
            Deafness.TO_HALF
        };

        static Silence drawn(RandomGenerator random) {
            int processes = 2 + random.nextInt(3);
            double seconds = Math.exp(random.nextDouble() * Math.log(LONGEST_SECONDS));
            return new Silence(
                    processes,
                    random.nextBoolean() ? processes : 1 + random.nextInt(processes),
                    KINDS[random.nextInt(KINDS.length)],
                    random.nextInt(3) == 0 ? Duration.ofSeconds(2) : FaultyCommands.TIMEOUT,
                    Duration.ofMillis(3_000 + random.nextInt(12_000)),
                    Duration.ofMillis((long) (1_000 * seconds)),
                    Duration.ofMillis(random.nextBoolean() ? 1 : 3_000),
                    random.nextBoolean());
        }

        /** Starts it; of a cluster, what isn't heard is one shard's trouble. */
        EnginesOverRedis over(long seed, boolean cluster) {
            double seconds = time.toMillis() / 1e3 + AROUND_SECONDS;
            double calls = AMOUNT * seconds / EnginesOverRedis.WINDOW.toSeconds();
            Interviews interviews = Interviews.STANDARD
                    .withInterviews(INTERVIEWS)
                    .withQuestions((int) Math.ceil(calls / INTERVIEWS))
                    .withRepeat(0);
            EnginesOverRedis engines = new EnginesOverRedis(seed, Size.of(processes, 1, interviews, commandTimeout));
            for (int process = 0; cluster && process < processes; process++) {
                engines.network(process).beInACluster();
            }
            RandomGenerator random = new SplittableRandom(~seed);
            for (int process = 0; process < unheard; process++) {
                strike(engines, engines.network(process), random);
            }
            return engines;
        }

        private void strike(EnginesOverRedis engines, FaultyCommands network, RandomGenerator random) {
            Duration begin = from.plusMillis(random.nextLong(apart.toMillis()));
            Duration drawnEnd = from.plus(time).plusMillis(random.nextLong(apart.toMillis()));
            Duration end = drawnEnd.compareTo(begin) > 0 ? drawnEnd : begin.plus(time);
            engines.after(begin, () -> network.setDeaf(deafness));
            engines.after(end, () -> network.setDeaf(Deafness.NONE));
            Duration givenUp = begin.plus(commandTimeout).plusMillis(500 + random.nextInt(300));
            if (renewed && givenUp.compareTo(end) < 0) {
                engines.after(givenUp, () -> network.setDown(true));
                engines.after(end.plusMillis(random.nextInt(1_000)), () -> network.setDown(false));
            }
        }

        long mostUsed() {
            return AMOUNT + Math.min(unheard, processes - 1) * (AMOUNT / processes);
        }
    }
}
