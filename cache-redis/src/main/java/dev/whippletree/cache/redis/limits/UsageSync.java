package dev.whippletree.cache.redis.limits;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads with each beat what is used of all limits, also of those that this process hasn't used yet. So a process that
 * is cut off knows what others had used of a limit that it needs for the first time. Thread-safe; no method blocks.
 */
final class UsageSync implements Contact.Member {

    /** What was known so lately isn't forgotten because it has gone: all may have been lost. */
    private static final long KEPT_NANOS = Duration.ofSeconds(3).toNanos();

    /** So often, a limit is read in a second by all processes together, at most. */
    private static final long MOST_READS = 2_000;

    private final CoordinationCommands commands;
    private final Contact contact;
    private final Services services;

    /** The places of the limits that this process uses, and for how long that is worth knowing. */
    private final Supplier<Map<String, Duration>> own;

    // Guarded by this.
    private final Map<String, Sight> sights = new HashMap<>();
    private @Nullable Long takenAtNanos;
    private long nextNanos;

    /**
     * What was used, and when that was seen.
     *
     * @param used in the window before, and in flight; 0 or more
     */
    record Sight(long used, long atNanos) {}

    UsageSync(CoordinationCommands commands, Contact contact, Services services, Supplier<Map<String, Duration>> own) {
        this.commands = commands;
        this.contact = contact;
        this.services = services;
        this.own = own;
    }

    /** Returns what was last seen of a limit; empty if nobody ever looked. */
    synchronized Optional<Sight> of(String place) {
        return Optional.ofNullable(takenAtNanos).map(at -> sights.getOrDefault(place, new Sight(0, at)));
    }

    /** With many processes and limits, not each beat is followed by a look. */
    private synchronized boolean isDue() {
        long now = services.nanoTime();
        if (takenAtNanos != null && now - nextNanos < 0) {
            return false;
        }
        nextNanos = now + Duration.ofSeconds(1).toNanos() * sights.size() * contact.processes() / MOST_READS;
        return true;
    }

    @Override
    public CompletionStage<Void> met() {
        if (!isDue()) {
            return CompletableFuture.completedFuture(null);
        }
        return contact.heed(commands.survey(own.get()))
                .thenAccept(used -> take(used, services.nanoTime()))
                .exceptionally(failure -> null);
    }

    private synchronized void take(Map<String, Long> used, long nowNanos) {
        takenAtNanos = nowNanos;
        sights.values().removeIf(sight -> nowNanos - sight.atNanos() > KEPT_NANOS);
        used.forEach((place, amount) -> sights.merge(
                place, new Sight(amount, nowNanos), (before, now) -> before.used() > now.used() ? before : now));
    }
}
