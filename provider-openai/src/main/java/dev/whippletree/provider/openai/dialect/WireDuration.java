package dev.whippletree.provider.openai.dialect;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads durations as services write them: Go's form, {@code 1h23m31s}, {@code 149.8ms}, or plain seconds, {@code 7.66}.
 *
 * <p>A value that can't be read, is negative, or exceeds 31 days, which no service means, counts as absent.
 * Fractions of a nanosecond are rounded up. Stateless.
 */
final class WireDuration {

    /**
     * A Go duration inside other text, for patterns of others. Bounded, since the JDK's matcher takes stack for each
     * repetition of a group.
     */
    static final String GO_FORM = "(?:\\d{1,9}(?:\\.\\d{1,9})?(?:h|ms|m|s|µs|μs|us|ns)){1,3}";

    // Go never writes more than hours, minutes and one unit of a second or less.
    private static final Pattern GO =
            Pattern.compile("(?:(\\d{1,9})h)?(?:(\\d{1,9})m(?!s))?(?:(\\d{1,9}(?:\\.\\d{1,9})?)(ms|µs|μs|us|ns|s))?");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,12}(\\.\\d{1,12})?");

    /** More digits than anything is counted by. */
    private static final Pattern ENDLESS = Pattern.compile("\\d{13,}(\\.\\d*)?");

    private static final Duration LONGEST = Duration.ofDays(31);

    private WireDuration() {}

    /** Reads Go's form, as {@code time.Duration.String()} writes it. */
    static Optional<Duration> go(String text) {
        Matcher matcher = GO.matcher(text.trim());
        if (text.isBlank() || !matcher.matches()) {
            return Optional.empty();
        }
        return sane(amount(matcher.group(1), Duration.ofHours(1))
                .plus(amount(matcher.group(2), Duration.ofMinutes(1)))
                .plus(amount(matcher.group(3), unit(matcher.group(4)))));
    }

    /** Reads plain seconds, whole or with a fraction. */
    static Optional<Duration> seconds(String text) {
        return isPlain(text) ? sane(amount(text.trim(), Duration.ofSeconds(1))) : Optional.empty();
    }

    /**
     * Reads a moment given as the time until it: Go's form or plain seconds.
     *
     * <p>A plain whole number of seconds was rounded, and nobody says which way, so a second is added: who comes early
     * is refused.
     */
    static Optional<Duration> untilReset(String text) {
        boolean rounded = isPlain(text) && text.indexOf('.') < 0;
        return go(text).or(() -> seconds(text)).map(time -> rounded ? time.plusSeconds(1) : time);
    }

    /**
     * Reads a wait as a plain number of some unit. One that is longer than any that a service can mean isn't absent,
     * but the longest.
     */
    static Optional<Duration> wait(String text, Duration unit) {
        boolean endless = ENDLESS.matcher(text.trim()).matches();
        return endless || isPlain(text)
                ? Optional.of(endless ? LONGEST : atMostLongest(amount(text.trim(), unit)))
                : Optional.empty();
    }

    static Duration atMostLongest(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }

    private static boolean isPlain(String text) {
        return SECONDS.matcher(text.trim()).matches();
    }

    /** Returns a duration, unless it is negative or longer than any that a service can mean. */
    static Optional<Duration> sane(Duration duration) {
        return Optional.of(duration).filter(value -> !value.isNegative() && value.compareTo(LONGEST) <= 0);
    }

    private static Duration amount(@Nullable String number, Duration unit) {
        if (number == null) {
            return Duration.ZERO;
        }
        BigDecimal nanos = new BigDecimal(number)
                .multiply(BigDecimal.valueOf(unit.toNanos()))
                .setScale(0, RoundingMode.CEILING);
        BigDecimal[] seconds = nanos.divideAndRemainder(
                BigDecimal.valueOf(Duration.ofSeconds(1).toNanos()));
        return Duration.ofSeconds(seconds[0].longValueExact(), seconds[1].longValueExact());
    }

    private static Duration unit(@Nullable String name) {
        return switch (name == null ? "s" : name) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "ns" -> Duration.ofNanos(1);
            default -> Duration.ofNanos(1000);
        };
    }
}
