package dev.whippletree.emulator.wire;

import java.math.BigDecimal;

/** Durations as Go prints them and Groq sends them: {@code 370ms}, {@code 7.66s}, {@code 3m6s}, {@code 1h23m31s}. */
public final class GoDuration {

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long SECONDS_PER_MINUTE = 60;
    private static final long MINUTES_PER_HOUR = 60;

    private GoDuration() {}

    /**
     * Returns a duration's text.
     *
     * @param nanos nanoseconds, 0 or more
     */
    public static String format(long nanos) {
        if (nanos == 0) {
            return "0s";
        }
        if (nanos < NANOS_PER_SECOND) {
            return belowOneSecond(nanos);
        }
        long minutes = nanos / NANOS_PER_SECOND / SECONDS_PER_MINUTE;
        String seconds = decimal(nanos - minutes * SECONDS_PER_MINUTE * NANOS_PER_SECOND, 9) + "s";
        if (minutes == 0) {
            return seconds;
        }
        long hours = minutes / MINUTES_PER_HOUR;
        String rest = minutes % MINUTES_PER_HOUR + "m" + seconds;
        return hours == 0 ? rest : hours + "h" + rest;
    }

    private static String belowOneSecond(long nanos) {
        if (nanos < 1_000) {
            return nanos + "ns";
        }
        return nanos < 1_000_000 ? decimal(nanos, 3) + "µs" : decimal(nanos, 6) + "ms";
    }

    private static String decimal(long value, int places) {
        return BigDecimal.valueOf(value, places).stripTrailingZeros().toPlainString();
    }
}
