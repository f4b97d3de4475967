package dev.whippletree.spi;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A user's values of a plugin's settings, read with their types. Immutable.
 *
 * <p>The names are checked before a plugin gets them.
 *
 * @param where the place they come from, for messages: {@code account hf-1}, {@code cache redis}
 * @param values by name, as text
 */
public record Settings(String where, Map<String, String> values) {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d|w)");
    private static final Pattern SECRETIVE =
            Pattern.compile("password|token|secret|credential|uri|url|key", Pattern.CASE_INSENSITIVE);
    private static final Pattern BYTES = Pattern.compile("(\\d{1,12})\\s*(b|kb|mb|gb)?");

    /** Copies the values. */
    public Settings {
        values = Map.copyOf(values);
    }

    /** Returns empty settings. */
    public static Settings none(String where) {
        return new Settings(where, Map.of());
    }

    /** Returns a value as it was written. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * Returns a whole number.
     *
     * @throws IllegalArgumentException if it isn't one, or out of range, saying where
     */
    public Optional<Integer> integer(String name, int least, int most) {
        return read(name, "a whole number from " + least + " to " + most, text -> {
            int value = Integer.parseInt(text);
            if (value < least || value > most) {
                throw new IllegalArgumentException();
            }
            return value;
        });
    }

    /**
     * Returns {@code true} or {@code false}.
     *
     * @throws IllegalArgumentException if it is neither, saying where
     */
    public Optional<Boolean> bool(String name) {
        return read(name, "true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException();
        });
    }

    /**
     * Returns a positive duration: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 1d}.
     *
     * @throws IllegalArgumentException if it isn't one, saying where
     */
    public Optional<Duration> duration(String name) {
        return read(name, "a duration such as 250ms, 30s, 5m, 1h, 1d, 1w", Settings::parseDuration);
    }

    /**
     * Returns a size in bytes: {@code 64MB}, {@code 512KB}.
     *
     * @throws IllegalArgumentException if it isn't one, saying where
     */
    public Optional<Long> bytes(String name) {
        return read(name, "a size such as 512KB, 64MB, 1GB", Settings::parseBytes);
    }

    /**
     * Reads a positive duration: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 1d}, {@code 1w}.
     *
     * @throws IllegalArgumentException if it isn't one
     */
    public static Duration parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new IllegalArgumentException("'" + text + "' is not a duration such as 250ms, 30s, 5m, 1h, 1d, 1w");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "w" -> Duration.ofDays(7 * count);
            default -> Duration.ofDays(count);
        };
    }

    /**
     * Reads a size in bytes: {@code 64MB}, {@code 512KB}.
     *
     * @throws IllegalArgumentException if it isn't one
     */
    public static long parseBytes(String text) {
        Matcher matcher = BYTES.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size such as 512KB, 64MB, 1GB");
        }
        String unit = matcher.group(2) == null ? "b" : matcher.group(2);
        long unitBytes = switch (unit) {
            case "kb" -> 1L << 10;
            case "mb" -> 1L << 20;
            case "gb" -> 1L << 30;
            default -> 1L;
        };
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unitBytes);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is too large a size", e);
        }
    }

    private <T> Optional<T> read(String name, String form, Function<String, T> reader) {
        return text(name).map(text -> {
            try {
                return reader.apply(text.trim());
            } catch (IllegalArgumentException e) {
                throw misread(name, form, text, e);
            }
        });
    }

    /** Omits the cause, which repeats the value. */
    private IllegalArgumentException misread(String name, String form, String text, RuntimeException cause) {
        String expected = where + ": " + name + " is " + form;
        return SECRETIVE.matcher(name).find()
                ? new IllegalArgumentException(expected + "; the value isn't shown, because it may be a secret")
                : new IllegalArgumentException(expected + ", not '" + text + "'", cause);
    }

    /** Returns the place and the names only: a value may be or contain a password. */
    @Override
    public String toString() {
        return "settings of " + where + ": " + new TreeSet<>(values.keySet());
    }
}
