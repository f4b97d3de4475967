package dev.whippletree.emulator.simulation;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** When people come. Confined to one thread. */
final class Arrivals {

    private final RandomGenerator random;
    private final Pattern pattern;
    private final double meanNanos;
    private long latestNanos;

    private enum Pattern {
        /** All within a moment. */
        BURST,
        /** One by one, independently of each other: a Poisson process. */
        POISSON,
        /** In crowds, with nobody in between. */
        WAVES
    }

    private Arrivals(RandomGenerator random, Pattern pattern, double meanNanos) {
        this.random = random;
        this.pattern = pattern;
        this.meanNanos = meanNanos;
    }

    static Arrivals drawn(RandomGenerator random) {
        Pattern pattern = Pattern.values()[random.nextInt(Pattern.values().length)];
        return new Arrivals(
                random, pattern, Duration.ofMillis(1 + random.nextInt(1_000)).toNanos());
    }

    /** Returns when the next one comes, from the start. */
    Duration next() {
        return switch (pattern) {
            case BURST -> Duration.ofNanos((long) (random.nextDouble() * meanNanos));
            case POISSON -> Duration.ofNanos(latestNanos += (long) (random.nextExponential() * meanNanos));
            case WAVES -> Duration.ofNanos((long) ((random.nextInt(5) * 30 + random.nextDouble()) * meanNanos));
        };
    }
}
