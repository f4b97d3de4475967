package dev.whippletree.gateway.batches;

import dev.whippletree.time.Timeline;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** Makes ids of files and batches that sort in the order in which they are made, within a second too. Thread-safe. */
final class TimedIds {

    private static final int HEX = 16;
    private static final long MICROS_PER_SECOND = TimeUnit.SECONDS.toMicros(1);

    private final Timeline timeline;

    /** When the last one was made, in microseconds since 1970. Guarded by this. */
    private long last;

    TimedIds(Timeline timeline) {
        this.timeline = timeline;
    }

    /** Returns a new id: the prefix and 32 hexadecimal digits, half of them random. */
    synchronized String next(String prefix) {
        Instant now = timeline.now();
        long micros = TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(now.getNano());
        boolean isAtOnce = micros <= last && micros > last - MICROS_PER_SECOND;
        last = isAtOnce ? last + 1 : micros;
        HexFormat hex = HexFormat.of();
        return prefix
                + hex.toHexDigits(last)
                + hex.toHexDigits(timeline.random().nextLong());
    }

    /** Returns when an id was made, by its digits: in seconds since 1970. */
    static long second(String digits) {
        return Long.divideUnsigned(Long.parseUnsignedLong(digits.substring(0, HEX), HEX), MICROS_PER_SECOND);
    }
}
