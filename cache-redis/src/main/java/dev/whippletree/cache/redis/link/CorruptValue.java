package dev.whippletree.cache.redis.link;

import dev.whippletree.model.ShownText;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * Values in Redis that no process like this one can have written: they are ignored, counted, and shown in the status.
 * Thread-safe; never blocks. A value may be any text; what is shown of it has no control characters.
 */
public final class CorruptValue {

    private static final int LONGEST = 160;
    private static final long BETWEEN_LINES_NANOS = Duration.ofMinutes(1).toNanos();

    private final RedisSettings redis;
    private final Services services;
    private final Logger log;

    // Guarded by this.
    private long count;
    private String last = "";
    private long loggedAtNanos;

    public CorruptValue(RedisSettings redis, Services services) {
        this.redis = redis;
        this.services = services;
        this.log = services.logger("cache.redis");
    }

    public void note(String value) {
        note(1, value);
    }

    /** Notes several values that were ignored; logs that, once a minute at most. */
    public void note(long values, String lastValue) {
        boolean toLog;
        synchronized (this) {
            long now = services.nanoTime();
            toLog = count == 0 || now - loggedAtNanos >= BETWEEN_LINES_NANOS;
            count += Math.max(1, values);
            last = ShownText.line(lastValue.substring(0, Math.min(LONGEST, lastValue.length())));
            if (toLog) {
                loggedAtNanos = now;
            }
        }
        if (toLog) {
            sentence().ifPresent(log::warn);
        }
    }

    /** Returns how many there were and which was the last, with what to do; empty if there were none. */
    public synchronized Optional<String> sentence() {
        return count == 0
                ? Optional.empty()
                : Optional.of(redis.where() + ": " + count + (count == 1 ? " value" : " values") + " in Redis at "
                        + redis.address()
                        + " ignored since the start, because no process like this one can have written "
                        + (count == 1 ? "it" : "them") + " (last: " + last
                        + "); find out who else can write there, and give this process a user of its own");
    }
}
