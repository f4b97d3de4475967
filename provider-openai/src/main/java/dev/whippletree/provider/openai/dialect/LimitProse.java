package dev.whippletree.provider.openai.dialect;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The limit that a refusal's message describes, in the words of OpenAI and Groq: {@code … on tokens per minute (TPM):
 * Limit 6000, Used 5034, Requested 1443. Please try again in 4.77s.} Immutable.
 *
 * @param limit the limit that was hit
 * @param used the amount used, 0 or more; absent if not stated
 * @param requested the amount the prompt would have used, 0 or more; absent if not stated
 * @param retryAfter how long to wait, zero or more; absent if not stated
 */
public record LimitProse(Limit limit, OptionalLong used, OptionalLong requested, Optional<Duration> retryAfter) {

    /** A whole number, perhaps in groups of three; not the start of a longer one. */
    private static final String COUNT = "~?(\\d{1,3}(?:,\\d{3}){1,4}|\\d{1,15})(?![.,]?\\d)";

    private static final Pattern LIMIT = Pattern.compile(
            "((?:(?:input|output)[ -])?tokens|requests) per (min(?:ute)?|hour|day)\\b[^:]{0,40}: *Limit:? *" + COUNT
                    + "(?:, *Used:? *" + COUNT + ")?(?:, *Requested:? *" + COUNT + ")?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern WAIT = Pattern.compile(
            "(?:try again in|retry after) +(?:(" + WireDuration.GO_FORM
                    + ")(?!\\w)|(\\d{1,9}(?:\\.\\d{1,9})?) ?(second|minute|hour)s?\\b)",
            Pattern.CASE_INSENSITIVE);

    /** Returns what a message says of a limit; empty if it says nothing of that form. */
    public static Optional<LimitProse> find(String message) {
        Matcher matcher = LIMIT.matcher(message);
        if (!matcher.find() || number(matcher.group(3)) == 0) {
            return Optional.empty();
        }
        Limit limit = new Limit(unit(matcher.group(1)), number(matcher.group(3)), window(matcher.group(2)));
        return Optional.of(new LimitProse(limit, count(matcher.group(4)), count(matcher.group(5)), wait(message)));
    }

    /** Returns how long a message says to wait; empty if it doesn't. */
    public static Optional<Duration> wait(String message) {
        Matcher matcher = WAIT.matcher(message);
        if (!matcher.find()) {
            return Optional.empty();
        }
        return matcher.group(1) != null
                ? WireDuration.go(matcher.group(1))
                : WireDuration.go(matcher.group(2)
                        + matcher.group(3).toLowerCase(Locale.ROOT).charAt(0));
    }

    /** Returns whether the prompt alone is more than the limit, so that waiting never helps. */
    public boolean neverFits() {
        return requested.isPresent() && requested.getAsLong() > limit.amount();
    }

    /**
     * Returns how long until the prompt has room in a limit that refills bit by bit, which is what Groq says itself
     * where it says how long to wait; empty where used or requested isn't said, or it would fit.
     */
    public Optional<Duration> untilRoom() {
        if (used.isEmpty() || requested.isEmpty()) {
            return Optional.empty();
        }
        return shareOfWindow(used.getAsLong() + requested.getAsLong() - limit.amount())
                .filter(wait -> !wait.isZero());
    }

    /** Returns whether the limit's window is a day or more. */
    public boolean isDaily() {
        return limit.window().compareTo(Duration.ofDays(1)) >= 0;
    }

    /**
     * Returns the report of a limit that refills bit by bit: what was used is back after its share of the window. Where
     * it isn't said what was used, that follows from the wait; without one, all was. But a prompt that never fits says
     * nothing of it.
     */
    public RateLimitReport continuousReport(Reach reach) {
        OptionalLong known = used.isPresent() || neverFits() ? used : OptionalLong.of(usedByWait());
        return new RateLimitReport(
                reach,
                limit.unit(),
                OptionalLong.of(limit.amount()),
                known.isPresent()
                        ? OptionalLong.of(Math.max(0, limit.amount() - known.getAsLong()))
                        : OptionalLong.empty(),
                Optional.of(limit.window()),
                RateLimitReport.Refill.CONTINUOUS,
                known.isPresent() ? shareOfWindow(known.getAsLong()) : Optional.empty());
    }

    private long usedByWait() {
        if (retryAfter.isEmpty() || requested.isEmpty()) {
            return limit.amount();
        }
        double missing = (double) retryAfter.get().toNanos() / limit.window().toNanos() * limit.amount();
        return Math.max(
                0, Math.min(limit.amount(), limit.amount() - requested.getAsLong() + (long) Math.ceil(missing)));
    }

    /** Returns how long an amount takes to come back; empty if that can't be meant. */
    private Optional<Duration> shareOfWindow(long amount) {
        double share = (double) amount / limit.amount();
        return WireDuration.sane(
                Duration.ofNanos((long) Math.ceil(limit.window().toNanos() * share)));
    }

    private static Limit.Unit unit(String name) {
        return switch (Character.toLowerCase(name.charAt(0))) {
            case 't' -> Limit.Unit.TOKENS;
            case 'i' -> Limit.Unit.INPUT_TOKENS;
            case 'o' -> Limit.Unit.OUTPUT_TOKENS;
            default -> Limit.Unit.REQUESTS;
        };
    }

    private static OptionalLong count(@Nullable String digits) {
        return digits == null ? OptionalLong.empty() : OptionalLong.of(number(digits));
    }

    private static long number(String digits) {
        return Long.parseLong(digits.replace(",", ""));
    }

    private static Duration window(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "day" -> Duration.ofDays(1);
            case "hour" -> Duration.ofHours(1);
            default -> Duration.ofMinutes(1);
        };
    }
}
