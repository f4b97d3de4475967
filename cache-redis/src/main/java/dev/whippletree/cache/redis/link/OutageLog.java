package dev.whippletree.cache.redis.link;

import dev.whippletree.spi.Services;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Logs that something can't be used, and that it can again: two lines a minute at most, however often it comes and
 * goes. Thread-safe; never blocks.
 */
public final class OutageLog {

    private static final long BETWEEN_OUTAGES_NANOS = Duration.ofMinutes(1).toNanos();

    private final Services services;
    private final Logger log;

    // Guarded by this.
    private boolean isLogged;
    private @Nullable Long loggedAtNanos;

    public OutageLog(Services services) {
        this.services = services;
        this.log = services.logger("cache.redis");
    }

    /** Notes an outage, at its beginning and while it lasts. */
    public synchronized void note(String sentence) {
        long now = services.nanoTime();
        if (!isLogged && (loggedAtNanos == null || now - loggedAtNanos >= BETWEEN_OUTAGES_NANOS)) {
            isLogged = true;
            loggedAtNanos = now;
            log.warn(sentence);
        }
    }

    /** Notes that there is none any more. Who has read of it reads this too, so it is a warning as well. */
    public synchronized void end(String sentence) {
        if (isLogged) {
            isLogged = false;
            log.warn(sentence);
        }
    }
}
