package dev.whippletree.terminal.board;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Formats numbers, times and sentences for people, the same in every locale. */
public final class Words {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("d MMM HH:mm:ss", Locale.ENGLISH);

    private static final double NEARLY_ALL = 99.9;
    private static final int METER = 10;

    private static final BigDecimal LEAST_MONEY = new BigDecimal("0.0001");
    private static final int CENTS = 2;

    /** White space, but not that before the unit of a number or within a duration of two units. */
    private static final Pattern BREAK =
            Pattern.compile("\\s+(?!(?<=\\d\\s)(?:%|(?:ms|[dhms])\\b))(?!(?<=\\d [dhm]\\s)\\d\\d [hms]\\b)");

    private Words() {}

    /** Returns a number with its thousands apart: {@code 8,500}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Returns a number with the word for what it counts: {@code 1 call}, {@code 1,700 calls}. */
    public static String count(long number, String singular) {
        return count(number) + " " + singular + (number == 1 ? "" : "s");
    }

    /**
     * Returns a share as a percentage, rounded to one decimal, but so that only the whole is ever {@code 100.0 %}.
     *
     * @param share 0 or more
     */
    public static String percent(double share) {
        double percent = Math.round(share * 1000) / 10.0;
        return String.format(Locale.ROOT, "%,.1f %%", share < 1 ? Math.min(NEARLY_ALL, percent) : percent);
    }

    /**
     * Returns a share as a bar of ten characters, which is full only for the whole or more, and empty only for nothing.
     */
    public static String meter(double share) {
        int filled = share >= 1 ? METER : Math.min(METER - 1, (int) Math.ceil(share * METER));
        return "█".repeat(filled) + "░".repeat(METER - filled);
    }

    /**
     * Returns an amount of money: {@code 1,234.50 usd}, {@code 0.0123 usd}, {@code under 0.0001 usd}. What costs
     * something never reads as nothing.
     *
     * @param amount 0 or more
     * @param currency three letters
     */
    public static String money(BigDecimal amount, String currency) {
        if (amount.signum() > 0 && amount.compareTo(LEAST_MONEY) < 0) {
            return "under " + LEAST_MONEY.toPlainString() + " " + currency;
        }
        boolean small = amount.signum() > 0 && amount.compareTo(BigDecimal.ONE) < 0;
        BigDecimal rounded = amount.setScale(small ? LEAST_MONEY.scale() : CENTS, RoundingMode.HALF_UP);
        return String.format(Locale.ROOT, small ? "%,.4f" : "%,.2f", rounded) + " " + currency;
    }

    /**
     * Returns a duration in its two largest units, rounded: {@code 212 ms}, {@code 4.2 s}, {@code 4 m 12 s},
     * {@code 1 h 03 m}.
     */
    public static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        long tenths = Math.round(millis / 100.0);
        if (tenths < 600) {
            return String.format(Locale.ROOT, "%d.%d s", tenths / 10, tenths % 10);
        }
        long seconds = Math.round(millis / 1000.0);
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d m %02d s", seconds / 60, seconds % 60);
        }
        long minutes = Math.round(millis / 60_000.0);
        if (minutes < 24 * 60) {
            return String.format(Locale.ROOT, "%d h %02d m", minutes / 60, minutes % 60);
        }
        long hours = Math.round(millis / 3_600_000.0);
        return String.format(Locale.ROOT, "%d d %02d h", hours / 24, hours % 24);
    }

    /** Returns a measured duration, or a dash if nothing was measured. */
    static String measured(long count, Duration duration) {
        return count == 0 ? "–" : duration(duration);
    }

    /**
     * Returns a time of day, with its day where that isn't today.
     *
     * @param at what to write
     * @param now what today is
     * @param zone whose time of day
     */
    public static String time(Instant at, Instant now, ZoneId zone) {
        boolean today = at.atZone(zone).toLocalDate().equals(now.atZone(zone).toLocalDate());
        return (today ? TIME : DAY_AND_TIME).format(at.atZone(zone));
    }

    /** Returns a time to come, and how far off it is: {@code 14:03:45 (in 23.0 s)}. */
    public static String future(Instant at, Instant now, ZoneId zone) {
        String time = time(at, now, zone);
        return at.isAfter(now) ? time + " (in " + duration(Duration.between(now, at)) + ")" : time;
    }

    /** Returns a text cut to a length, with an ellipsis where something is missing. */
    public static String clip(String text, int most) {
        return text.length() <= most ? text : text.substring(0, start(text, most - 1)) + "…";
    }

    /**
     * Returns a text cut to a length, with an ellipsis in its middle: names of a kind differ at their ends.
     *
     * @param most 3 or more
     */
    static String clipMiddle(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = text.length() - most / 2;
        return text.substring(0, start(text, most - 1 - most / 2)) + "…"
                + text.substring(Character.isLowSurrogate(text.charAt(end)) ? end + 1 : end);
    }

    /** Returns the length of a text's start, of at most so many, that ends with a whole character. */
    private static int start(String text, int most) {
        return most > 0 && Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    }

    /**
     * Returns a text as lines of at most a width, broken between words, but never between a number and its unit; a
     * longer word stands alone.
     */
    public static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : BREAK.split(text.trim())) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
