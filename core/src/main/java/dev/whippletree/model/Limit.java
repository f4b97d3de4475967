package dev.whippletree.model;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An amount of requests or tokens per window. Immutable.
 *
 * @param unit what is counted
 * @param amount how much of it, 1 or more
 * @param window the time in which it counts, a millisecond to 292 years
 */
public record Limit(Unit unit, long amount, Duration window) {

    private static final Pattern FORM = Pattern.compile(
            "\\s*(\\d{1,18})\\s*(requests?|(?:(?:input|output)[- ])?(?:tokens?|tok))?\\s*/\\s*(\\d{0,9})\\s*(ms|s|sec|m|min|h|hour|d|day)\\s*",
            Pattern.CASE_INSENSITIVE);

    /** Windows are counted in nanoseconds. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    /** What a limit counts. */
    public enum Unit {
        /** Calls, whatever their size. */
        REQUESTS,
        /** Tokens of prompts and completions together. */
        TOKENS,
        /** Tokens of prompts only. */
        INPUT_TOKENS,
        /** Tokens of completions only. */
        OUTPUT_TOKENS;

        private final String wireName = name().toLowerCase(Locale.ROOT).replace('_', '-');

        /** Returns the unit as it is written in a configuration: {@code input-tokens}. */
        public String wireName() {
            return wireName;
        }

        /** Returns whether it counts tokens of any kind. */
        public boolean countsTokens() {
            return this != REQUESTS;
        }

        /** Returns how much of a limit of this unit a call with these tokens uses. */
        public long amountOf(TokenCount tokens) {
            return switch (this) {
                case REQUESTS -> 1;
                case TOKENS -> tokens.total();
                case INPUT_TOKENS -> tokens.prompt();
                case OUTPUT_TOKENS -> tokens.completion();
            };
        }
    }

    /** Checks the ranges. */
    public Limit {
        Objects.requireNonNull(unit, "unit");
        if (amount < 1) {
            throw new IllegalArgumentException("a limit's amount must be 1 or more, not " + amount);
        }
        if (window.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("a limit's window must be positive, not " + window.toMillis() + "ms");
        }
        if (window.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a limit's window must be at most " + LONGEST.toDays() + "d, not " + window.toDays() + "d");
        }
    }

    /** Returns a limit of requests. */
    public static Limit requests(long amount, Duration window) {
        return new Limit(Unit.REQUESTS, amount, window);
    }

    /** Returns a limit of tokens. */
    public static Limit tokens(long amount, Duration window) {
        return new Limit(Unit.TOKENS, amount, window);
    }

    /**
     * Reads a limit as people write it: {@code 1000 requests / 1h}, {@code 30/min}, {@code 8000 tokens / min},
     * {@code 5000 input-tokens / 1m}. Without a unit it counts requests.
     *
     * @throws IllegalArgumentException if it isn't of that form; the message has a correct example
     */
    public static Limit parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a limit; write, for example, '1000 requests / 1h', '8000 tokens / 1m' or"
                            + " '5000 input-tokens / 1m'");
        }
        long count = matcher.group(3).isEmpty() ? 1 : Long.parseLong(matcher.group(3));
        return new Limit(
                unit(matcher.group(2)),
                Long.parseLong(matcher.group(1)),
                unitOfTime(matcher.group(4)).multipliedBy(count));
    }

    private static Unit unit(@Nullable String name) {
        return switch (name == null ? 'r' : Character.toLowerCase(name.charAt(0))) {
            case 't' -> Unit.TOKENS;
            case 'i' -> Unit.INPUT_TOKENS;
            case 'o' -> Unit.OUTPUT_TOKENS;
            default -> Unit.REQUESTS;
        };
    }

    private static Duration unitOfTime(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "ms" -> Duration.ofMillis(1);
            case "s", "sec" -> Duration.ofSeconds(1);
            case "m", "min" -> Duration.ofMinutes(1);
            case "h", "hour" -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        };
    }

    /** Returns the text that {@link #parse} reads. */
    @Override
    public String toString() {
        return amount + " " + unit.wireName() + " / " + shortest(window);
    }

    private static String shortest(Duration window) {
        long millis = window.toMillis();
        if (millis % Duration.ofDays(1).toMillis() == 0) {
            return window.toDays() + "d";
        }
        if (millis % Duration.ofHours(1).toMillis() == 0) {
            return window.toHours() + "h";
        }
        if (millis % Duration.ofMinutes(1).toMillis() == 0) {
            return window.toMinutes() + "m";
        }
        return millis % 1000 == 0 ? window.toSeconds() + "s" : millis + "ms";
    }
}
