package dev.whippletree.provider.openai.dialect;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads {@code x-ratelimit-{limit,remaining,reset}-{requests,tokens}}. Values that can't be read count as absent.
 * Immutable.
 *
 * @param unit the unit that the three headers count
 * @param amount the amount per window, 1 or more
 * @param remaining the amount left, 0 or more
 * @param reset the time until the reset, as {@link WireDuration#untilReset} reads it
 */
public record RateLimitHeaders(Limit.Unit unit, OptionalLong amount, OptionalLong remaining, Optional<Duration> reset) {

    private static final Pattern COUNT = Pattern.compile("\\d{1,18}");

    /** Returns what the three headers of a unit say; empty if there is neither an amount nor a rest. */
    public static Optional<RateLimitHeaders> of(Limit.Unit unit, ResponseHead head) {
        RateLimitHeaders read = new RateLimitHeaders(
                unit,
                count(head, "limit", unit, 1),
                count(head, "remaining", unit, 0),
                head.header("x-ratelimit-reset-" + unit.wireName()).flatMap(WireDuration::untilReset));
        boolean empty = read.amount.isEmpty() && read.remaining.isEmpty();
        return empty ? Optional.empty() : Optional.of(read);
    }

    /**
     * Returns the reports of a service of which nothing else is known: limits of unknown scope and window, which refill
     * nobody says how. OpenAI's own documentation calls the reset the time until all is left again, as of a bucket;
     * others count otherwise.
     */
    static List<RateLimitReport> ofUnknownService(ResponseHead head) {
        return Stream.of(Limit.Unit.REQUESTS, Limit.Unit.TOKENS)
                .flatMap(unit -> of(unit, head).stream())
                .map(said -> new RateLimitReport(
                        Reach.UNKNOWN,
                        said.unit,
                        said.amount,
                        said.remaining,
                        Optional.empty(),
                        RateLimitReport.Refill.UNSAID,
                        said.reset))
                .toList();
    }

    /**
     * Returns a report of a limit that refills bit by bit. What of rest and reset can't be read follows from the other:
     * the reset is how long what was used takes to come back.
     *
     * @param reach what the limit applies to
     * @param window the limit's window
     */
    public RateLimitReport continuousReport(Reach reach, Duration window) {
        OptionalLong left = remaining.isPresent() ? remaining : leftByReset(window);
        Optional<Duration> full = reset.isPresent() ? reset : resetByLeft(window);
        return new RateLimitReport(
                reach, unit, amount, left, Optional.of(window), RateLimitReport.Refill.CONTINUOUS, full);
    }

    private OptionalLong leftByReset(Duration window) {
        if (amount.isEmpty() || reset.isEmpty()) {
            return OptionalLong.empty();
        }
        double used = (double) reset.get().toNanos() / window.toNanos() * amount.getAsLong();
        return OptionalLong.of(Math.max(0, amount.getAsLong() - (long) Math.ceil(used)));
    }

    private Optional<Duration> resetByLeft(Duration window) {
        if (amount.isEmpty() || remaining.isEmpty()) {
            return Optional.empty();
        }
        double share = Math.max(0, amount.getAsLong() - remaining.getAsLong()) / (double) amount.getAsLong();
        return Optional.of(Duration.ofNanos((long) Math.ceil(window.toNanos() * share)));
    }

    private static OptionalLong count(ResponseHead head, String what, Limit.Unit unit, long least) {
        return head.header("x-ratelimit-" + what + "-" + unit.wireName())
                .filter(text -> COUNT.matcher(text).matches())
                .map(Long::parseLong)
                .filter(value -> value >= least)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }
}
