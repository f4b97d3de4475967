package dev.whippletree.provider.openai;

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
 * What a refusal says in words about the limit that was hit, as OpenAI and Groq write it: {@code … on tokens per minute (TPM):
 * Limit 6000, Used 5034, Requested 1443. Please try again in 4.77s.} Immutable.
 *
 * @param limit the limit that was hit
 * @param used what of it was used, 0 or more; absent where it isn't said
 * @param requested what the prompt would have used, 0 or more; absent where it isn't said
 */
public record LimitProse(Limit limit, OptionalLong used, OptionalLong requested) {

    private static final Pattern LIMIT = Pattern.compile(
            "(tokens|requests) per (min(?:ute)?|hour|day)\\b[^:]{0,40}: *Limit:? *(\\d{1,15})"
                    + "(?:, *Used:? *~?(\\d{1,15}))?(?:, *Requested:? *~?(\\d{1,15}))?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern WAIT =
            Pattern.compile("try again in +(" + WireDuration.GO_FORM + ")", Pattern.CASE_INSENSITIVE);

    /** Returns what a message says of a limit; empty if it says nothing of that form. */
    public static Optional<LimitProse> find(String message) {
        Matcher matcher = LIMIT.matcher(message);
        if (!matcher.find() || Long.parseLong(matcher.group(3)) == 0) {
            return Optional.empty();
        }
        boolean tokens = matcher.group(1).equalsIgnoreCase("tokens");
        Limit limit = new Limit(
                tokens ? Limit.Unit.TOKENS : Limit.Unit.REQUESTS,
                Long.parseLong(matcher.group(3)),
                window(matcher.group(2)));
        return Optional.of(new LimitProse(limit, count(matcher.group(4)), count(matcher.group(5))));
    }

    /** Returns how long a message says to wait; empty if it doesn't. */
    public static Optional<Duration> wait(String message) {
        Matcher matcher = WAIT.matcher(message);
        return matcher.find() ? WireDuration.go(matcher.group(1)) : Optional.empty();
    }

    /** Returns whether the prompt alone is more than the limit, so that waiting never helps. */
    public boolean neverFits() {
        return requested.isPresent() && requested.getAsLong() > limit.amount();
    }

    /** Returns whether the limit's window is a day or more. */
    public boolean isDaily() {
        return limit.window().compareTo(Duration.ofDays(1)) >= 0;
    }

    /** Returns the report of a limit that refills bit by bit: what was used is back after its share of the window. */
    public RateLimitReport continuousReport(Reach reach) {
        return new RateLimitReport(
                reach,
                limit.unit(),
                OptionalLong.of(limit.amount()),
                used.isPresent()
                        ? OptionalLong.of(Math.max(0, limit.amount() - used.getAsLong()))
                        : OptionalLong.empty(),
                Optional.of(limit.window()),
                RateLimitReport.Refill.CONTINUOUS,
                used.isPresent() ? Optional.of(untilFull(used.getAsLong())) : Optional.empty());
    }

    private Duration untilFull(long used) {
        double share = (double) used / limit.amount();
        return Duration.ofNanos((long) Math.ceil(limit.window().toNanos() * share));
    }

    private static OptionalLong count(@Nullable String digits) {
        return digits == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(digits));
    }

    private static Duration window(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "day" -> Duration.ofDays(1);
            case "hour" -> Duration.ofHours(1);
            default -> Duration.ofMinutes(1);
        };
    }
}
