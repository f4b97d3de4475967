package dev.whippletree.emulator.model;

import dev.whippletree.model.DurationText;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long answers take: a mean and a spread around it. Immutable.
 *
 * @param mean the mean, zero or more
 * @param shape how single times spread around it
 * @param spread for {@link Shape#UNIFORM} the share of the mean by which a time differs from it at most, 0 to 1; for
 *     {@link Shape#LOGNORMAL} the standard deviation of the logarithm, 0 to 3; 0 for {@link Shape#CONSTANT}
 */
public record Latency(Duration mean, Shape shape, double spread) {

    private static final double WIDEST_LOGNORMAL = 3;
    private static final Pattern FORM = Pattern.compile(
            "([^~]+?)\\s*(?:~\\s*(?:(\\d{1,3}(?:\\.\\d{1,4})?)\\s*%|lognormal:(\\d(?:\\.\\d{1,4})?)))?");
    private static final double PERCENT = 100;

    /** How times spread. */
    public enum Shape {
        /** Not at all. */
        CONSTANT,
        /** Evenly between two bounds. */
        UNIFORM,
        /** Mostly a little shorter than the mean, at times much longer. */
        LOGNORMAL
    }

    public Latency {
        Objects.requireNonNull(shape, "shape");
        if (mean.isNegative()) {
            throw new IllegalArgumentException("a latency can't be negative: " + DurationText.of(mean));
        }
        double widest = switch (shape) {
            case CONSTANT -> 0;
            case UNIFORM -> 1;
            case LOGNORMAL -> WIDEST_LOGNORMAL;
        };
        if (!(spread >= 0 && spread <= widest)) {
            throw new IllegalArgumentException(
                    "the spread of a " + shape + " latency is 0 to " + widest + ", not " + spread);
        }
    }

    public static Latency constant(Duration mean) {
        return new Latency(mean, Shape.CONSTANT, 0);
    }

    /** Returns a latency between {@code mean × (1 − spread)} and {@code mean × (1 + spread)}. */
    public static Latency uniform(Duration mean, double spread) {
        return new Latency(mean, Shape.UNIFORM, spread);
    }

    /** Returns a latency of that mean whose logarithm has the standard deviation {@code spread}. */
    public static Latency lognormal(Duration mean, double spread) {
        return new Latency(mean, Shape.LOGNORMAL, spread);
    }

    /**
     * Reads a latency as users write it: {@code 1s}, {@code 800ms~20%} (uniform), {@code 1s~lognormal:0.3}.
     *
     * @throws IllegalArgumentException if it isn't of that form, with examples
     */
    public static Latency parse(String text) {
        Matcher matcher = FORM.matcher(text.trim());
        try {
            if (matcher.matches()) {
                return of(matcher);
            }
        } catch (IllegalArgumentException e) {
            throw wrong(text, ": " + e.getMessage());
        }
        throw wrong(text, "");
    }

    private static Latency of(Matcher matcher) {
        Duration mean = Settings.parseDuration(matcher.group(1));
        if (matcher.group(2) != null) {
            return Latency.uniform(mean, Double.parseDouble(matcher.group(2)) / PERCENT);
        }
        if (matcher.group(3) != null) {
            return Latency.lognormal(mean, Double.parseDouble(matcher.group(3)));
        }
        return Latency.constant(mean);
    }

    private static IllegalArgumentException wrong(String text, String what) {
        return new IllegalArgumentException("'" + text + "' is not a latency" + what
                + "; write, for example, '1s', '800ms~20%' (evenly around it) or '1s~lognormal:0.3'");
    }

    /** Returns the shortest time there can be. */
    public Duration least() {
        return switch (shape) {
            case CONSTANT -> mean;
            case UNIFORM -> Duration.ofNanos((long) (mean.toNanos() * (1 - spread)));
            case LOGNORMAL -> Duration.ZERO;
        };
    }

    /** Returns a time in nanoseconds, drawn by lot. */
    long drawNanos(RandomGenerator random) {
        double factor = switch (shape) {
            case CONSTANT -> 1;
            case UNIFORM -> 1 + spread * (2 * random.nextDouble() - 1);
            case LOGNORMAL -> Math.exp(spread * random.nextGaussian() - spread * spread / 2);
        };
        return (long) (mean.toNanos() * factor);
    }
}
