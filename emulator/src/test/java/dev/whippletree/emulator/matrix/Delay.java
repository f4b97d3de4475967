package dev.whippletree.emulator.matrix;

import java.time.Duration;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** How long a service takes to answer. */
enum Delay {
    /** 50 ms, give or take a fifth. */
    SHORT("50ms", Duration.ofMillis(50)),
    /** 1 s, give or take a fifth. */
    MEDIUM("1s", Duration.ofSeconds(1)),
    /** 10 s, give or take a fifth. */
    LONG("10s", Duration.ofSeconds(10)),
    /** A median of 1.2 s, a mean of 2 s, one in a hundred above 12 s, none above a minute. */
    HEAVY("heavy", Duration.ofSeconds(2));

    private static final double SPREAD = 0.2;
    private static final double SIGMA = 1;
    private static final double LONGEST_NANOS = 60e9;

    private final String word;
    private final Duration mean;

    Delay(String word, Duration mean) {
        this.word = word;
        this.mean = mean;
    }

    Duration mean() {
        return mean;
    }

    /** Returns a latency in nanoseconds, drawn by lot. */
    long drawNanos(RandomGenerator random) {
        double factor = this == HEAVY
                ? Math.exp(SIGMA * random.nextGaussian() - SIGMA * SIGMA / 2)
                : 1 + SPREAD * (2 * random.nextDouble() - 1);
        return (long) Math.min(LONGEST_NANOS, mean.toNanos() * factor);
    }

    /** Returns it as arguments name it. */
    @Override
    public String toString() {
        return word.toLowerCase(Locale.ROOT);
    }
}
