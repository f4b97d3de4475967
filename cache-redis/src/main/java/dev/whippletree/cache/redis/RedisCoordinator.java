package dev.whippletree.cache.redis;

import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;

/**
 * A coordinator on a Redis server (5 or later), or on a master that Sentinels name: {@code redis}. It doesn't speak Redis
 * Cluster.
 *
 * <p>Limits are counted there, by that server's clock alone, as sliding windows of dated uses and of what is in flight: no
 * stretch of time as long as a limit's window sees more than its amount, whatever processes come, die, or pause. Redis may be
 * away at any time, at the start too: the process then grants its own share of each limit, and enters what it used as soon as
 * Redis is back; a Redis that comes back empty is told by everybody what was lost.
 *
 * <p>Such a share is a promise only as far as it is known what others use, and as they are cut off as well. What they were granted
 * within two seconds before Redis was lost can be missing in it. While others still reach Redis they leave no part to one who
 * doesn't: so until the command timeout has passed since an answer failed to come, reservations are put off for a moment each, and one that is
 * cut off alone for longer may use its part of what was left beyond the limit. Where it was never known how many processes
 * there are, and the setting {@code processes} doesn't say so, a share promises nothing. A process that has never asked before, and
 * comes first to a Redis that has lost its data, can't know that there was any until the others have come back, which takes them
 * about a second.
 *
 * <p>Its keys must not be evicted: use {@code maxmemory-policy noeviction}, or a Redis without {@code maxmemory}.
 *
 * <p>No password is logged, with the exception that {@link RedisCache} names.
 */
public final class RedisCoordinator implements Coordinator {

    /** Creates the kind. */
    public RedisCoordinator() {}

    /** Returns {@code redis}. */
    @Override
    public String name() {
        return "redis";
    }

    /** Returns those of {@link RedisCache}, and {@code processes}, {@code claim-lease} and {@code call-lease}. */
    @Override
    public Set<SettingKey> settings() {
        return CoordinationSettings.KEYS;
    }

    /**
     * Opens the coordination and begins to connect. What is asked while the first attempt is under way waits for it, three
     * quarters of a second at most; then reservations are refused for a moment, and the rest is answered as with no Redis.
     *
     * @throws IllegalArgumentException if a setting can't be used; its message never has the password
     */
    @Override
    public Coordination open(Settings settings, Services services) {
        CoordinationSettings read = CoordinationSettings.from(settings);
        Implausible implausible = new Implausible(read.redis(), services);
        return RedisCoordination.open(
                read, new LettuceCommands(read.redis(), services, implausible), services, implausible);
    }
}
