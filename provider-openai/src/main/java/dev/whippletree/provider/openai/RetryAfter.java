package dev.whippletree.provider.openai;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** Reads how long a response says to wait: {@code retry-after-ms}, then {@code Retry-After} as seconds or as a date. */
final class RetryAfter {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT);

    private RetryAfter() {}

    /** Returns the wait, zero or more; empty if none is named, it is negative, or it can't be read. */
    static Optional<Duration> of(ResponseHead head, InstantSource clock) {
        return head.header("retry-after-ms")
                .flatMap(WireDuration::millis)
                .or(() -> head.header("retry-after")
                        .flatMap(value -> WireDuration.seconds(value).or(() -> until(value, clock))));
    }

    private static Optional<Duration> until(String date, InstantSource clock) {
        try {
            Duration wait = Duration.between(clock.instant(), HTTP_DATE.parse(date, Instant::from));
            return wait.isNegative() ? Optional.empty() : Optional.of(wait);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
