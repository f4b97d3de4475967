package dev.whippletree.provider.openai.dialect;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads how long a response says to wait: {@code retry-after-ms}, then {@code Retry-After} as seconds or as a date.
 *
 * <p>A wait of more than 31 days is taken for one of 31 days. A date is meant by the service's clock, which the
 * response's own {@code Date} tells; only without one, by ours.
 */
final class RetryAfter {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT);

    /** Seconds since 1970, from 2001 to 2033: as a wait these would be 31 years or more. */
    private static final Pattern EPOCH = Pattern.compile("1\\d{9}");

    private RetryAfter() {}

    /** Returns the wait, zero or more; empty if none is named, it is negative, or it can't be read. */
    static Optional<Duration> of(ResponseHead head, InstantSource clock) {
        return head.header("retry-after-ms")
                .flatMap(value -> WireDuration.wait(value, Duration.ofMillis(1)))
                .or(() -> head.header("retry-after").flatMap(value -> wait(value, head, clock)));
    }

    private static Optional<Duration> wait(String value, ResponseHead head, InstantSource clock) {
        Optional<Instant> until = moment(value);
        if (until.isEmpty()) {
            return WireDuration.wait(value, Duration.ofSeconds(1));
        }
        Instant said = head.header("date").flatMap(RetryAfter::moment).orElseGet(clock::instant);
        return until.map(then -> Duration.between(said, then))
                .filter(wait -> !wait.isNegative())
                .map(WireDuration::atMostLongest);
    }

    private static Optional<Instant> moment(String date) {
        try {
            return Optional.of(
                    EPOCH.matcher(date).matches()
                            ? Instant.ofEpochSecond(Long.parseLong(date))
                            : HTTP_DATE.parse(date, Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
