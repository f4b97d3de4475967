package dev.whippletree.model;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Formats durations and times for messages. */
public final class DurationText {

    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long SECOND_MILLIS = 1_000;
    private static final long TENTH_MILLIS = 100;

    private DurationText() {}

    /**
     * Returns a duration in at most two units, rounded up, so that a wait never reads as over before it is:
     * {@code 212 ms}, {@code 1.5 s}, {@code 12 s}, {@code 2 min}, {@code 4 min 12 s}, {@code 1 h}, {@code 1 h 30 min},
     * {@code 2 d 3 h}.
     *
     * @param duration zero or more
     */
    public static String of(Duration duration) {
        long seconds = duration.plusNanos(SECOND_NANOS - 1).toSeconds();
        if (seconds >= -10 && seconds <= 10) {
            long millis = up(duration.toNanos(), SECOND_NANOS / SECOND_MILLIS);
            if (millis < SECOND_MILLIS) {
                return millis + " ms";
            }
            long tenths = up(millis, TENTH_MILLIS);
            if (tenths < 100) {
                return tenths % 10 == 0
                        ? tenths / 10 + " s"
                        : String.format(Locale.ROOT, "%d.%d s", tenths / 10, tenths % 10);
            }
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return two(seconds, 60, "min", "s");
        }
        long minutes = up(seconds, 60);
        return minutes < 24 * 60 ? two(minutes, 60, "h", "min") : two(up(minutes, 60), 24, "d", "h");
    }

    /** Returns the first whole second that isn't before a time, as waits are rounded: {@code 2026-11-30T12:00:01Z}. */
    public static String second(Instant time) {
        return time.plusNanos(SECOND_NANOS - 1).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String two(long smaller, long each, String larger, String unit) {
        String whole = smaller / each + " " + larger;
        return smaller % each == 0 ? whole : whole + " " + smaller % each + " " + unit;
    }

    private static long up(long amount, long unit) {
        return -Math.floorDiv(-amount, unit);
    }
}
