package dev.whippletree.limits;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** The usual lengths of services' windows. Stateless. */
final class UsualWindows {

    private static final List<Duration> LENGTHS = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            Duration.ofDays(1));

    private UsualWindows() {}

    /** Returns the shortest one between two lengths in nanoseconds, those included; empty if there is none. */
    static OptionalLong shortest(long leastNanos, long mostNanos) {
        return LENGTHS.stream()
                .mapToLong(Duration::toNanos)
                .filter(length -> length >= leastNanos && length <= mostNanos)
                .findFirst();
    }
}
