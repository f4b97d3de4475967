package dev.whippletree.provider.openai;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads how long a response says to wait: {@code retry-after-ms}, then {@code Retry-After} as seconds or as a date.
 *
 * <p>A date is meant by the service's clock, which the response's own {@code Date} tells; only without one, by ours.
 */
final class RetryAfter {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT);

    private RetryAfter() {}

    /** Returns the wait, zero or more; empty if none is named, it is negative, or it can't be read. */
    static Optional<Duration> of(ResponseHead head, InstantSource clock) {
        return head.header("retry-after-ms")
                .flatMap(WireDuration::millis)
                .or(() -> head.header("retry-after")
                        .flatMap(value -> WireDuration.seconds(value).or(() -> until(value, head, clock))));
    }

    private static Optional<Duration> until(String date, ResponseHead head, InstantSource clock) {
        Instant said = head.header("date").flatMap(RetryAfter::moment).orElseGet(clock::instant);
        return moment(date).map(then -> Duration.between(said, then)).flatMap(WireDuration::sane);
    }

    private static Optional<Instant> moment(String date) {
        try {
            return Optional.of(HTTP_DATE.parse(date, Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
