package dev.whippletree.cache.redis;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** What can go wrong between processes and their Redis, drawn by lot within the half minute that a run takes. */
enum Trouble {
    /** Nothing. */
    NONE((engines, random) -> {}),

    /** Everything takes its time, though no answer comes too late. */
    SLOWNESS((engines, random) -> engines.everywhere(network -> network.slowDown(Duration.ofMillis(100)))),

    /** Some questions and some answers don't arrive. */
    LOSSES((engines, random) -> engines.everywhere(network -> network.lose(0.03))),

    /** Redis stops for a moment, perhaps for longer than it is waited for, and goes on with all that was asked. */
    FREEZES((engines, random) -> Stream.generate(() -> random)
            .limit(10)
            .forEach(draw -> engines.after(
                    upTo(30_000, draw), () -> engines.everywhere(network -> network.freeze(upTo(900, random)))))),

    /** One process loses its connection for some seconds. */
    ONE_CUT_OFF((engines, random) -> during(
            engines,
            random,
            () -> engines.network(0).setDown(true),
            () -> engines.network(0).setDown(false))),

    /** One process isn't answered for some seconds, and its connection seems to be there. */
    ONE_UNHEARD((engines, random) -> during(
            engines,
            random,
            () -> engines.network(0).setSilent(true),
            () -> engines.network(0).setSilent(false))),

    /** All lose their connections for some seconds. */
    ALL_CUT_OFF((engines, random) -> during(
            engines,
            random,
            () -> engines.everywhere(network -> network.setDown(true)),
            () -> engines.everywhere(network -> network.setDown(false)))),

    /** Nobody is answered for some seconds. */
    ALL_UNHEARD((engines, random) -> during(
            engines,
            random,
            () -> engines.everywhere(network -> network.setSilent(true)),
            () -> engines.everywhere(network -> network.setSilent(false)))),

    /** Redis loses all it has, more than once. */
    EMPTIED((engines, random) -> Stream.generate(() -> upTo(30_000, random))
            .limit(3)
            .forEach(time -> engines.after(time, engines.redis()::empty))),

    /** Redis is killed and comes back without data, more than once; each finds that out in its own time. */
    KILLED((engines, random) -> Stream.generate(() -> upTo(30_000, random))
            .limit(3)
            .forEach(time -> engines.after(time, () -> {
                engines.redis().empty();
                engines.everywhere(network -> {
                    network.setDown(true);
                    engines.after(upTo(1_000, random), () -> network.setDown(false));
                });
            }))),

    /** Several of them at once. */
    SEVERAL((engines, random) -> List.of(
                    SLOWNESS, LOSSES, FREEZES, ONE_CUT_OFF, ALL_CUT_OFF, ALL_UNHEARD, EMPTIED, KILLED)
            .forEach(other -> {
                if (random.nextBoolean()) {
                    other.strike(engines, random);
                }
            }));

    private final BiConsumer<EnginesOverRedis, RandomGenerator> strike;

    Trouble(BiConsumer<EnginesOverRedis, RandomGenerator> strike) {
        this.strike = strike;
    }

    /** Lets it happen once the run goes on. */
    void strike(EnginesOverRedis engines, RandomGenerator random) {
        strike.accept(engines, random);
    }

    private static void during(EnginesOverRedis engines, RandomGenerator random, Runnable begin, Runnable end) {
        Duration from = upTo(20_000, random);
        engines.after(from, begin);
        engines.after(from.plus(upTo(15_000, random)), end);
    }

    private static Duration upTo(long millis, RandomGenerator random) {
        return Duration.ofMillis(random.nextLong(millis));
    }
}
