package dev.whippletree.cache.redis.contact;

import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How processes are coordinated. Immutable. Prints no password.
 *
 * @param redis where Redis is
 * @param processes how many processes to reckon with at least while Redis can't be asked; 0: as many as were last seen
 * @param claimLease for how long a dead process's claim is kept
 * @param callLease the longest time a call may take
 */
public record CoordinationSettings(RedisSettings redis, int processes, Duration claimLease, Duration callLease) {

    public static final Set<SettingKey> KEYS = Stream.concat(
                    RedisSettings.KEYS.stream(),
                    Stream.of(
                            new SettingKey(
                                    "processes",
                                    "The number of processes to assume at least while Redis can't be reached, 1 or more;"
                                            + " by default, as many as were last seen.",
                                    settings -> settings.integer("processes", 1, CoordinationSettings.MOST_PROCESSES)),
                            new SettingKey(
                                    "claim-lease",
                                    "The time after which another process takes over the call of a dead one, 1s to 1d,"
                                            + " the same in all processes; 10s by default.",
                                    settings -> lease(settings, "claim-lease", CoordinationSettings.LEAST_LEASE)),
                            new SettingKey(
                                    "call-lease",
                                    "The longest time a call may take: what a dead process had reserved counts as used"
                                            + " after it; 150s by default.",
                                    settings -> lease(settings, "call-lease", CoordinationSettings.LEAST_LEASE))))
            .collect(Collectors.toUnmodifiableSet());

    private static final int MOST_PROCESSES = 100_000;
    private static final Duration DEFAULT_CLAIM_LEASE = Duration.ofSeconds(10);
    private static final Duration DEFAULT_CALL_LEASE = Duration.ofSeconds(150);
    private static final Duration LEAST_LEASE = Duration.ofSeconds(1);
    private static final Duration MOST_LEASE = Duration.ofDays(1);

    /**
     * Reads the settings.
     *
     * @throws IllegalArgumentException if one can't be used, without its value where that may hold a password
     */
    public static CoordinationSettings from(Settings settings) {
        return new CoordinationSettings(
                RedisSettings.from(settings),
                settings.integer("processes", 1, MOST_PROCESSES).orElse(0),
                lease(settings, "claim-lease", DEFAULT_CLAIM_LEASE),
                lease(settings, "call-lease", DEFAULT_CALL_LEASE));
    }

    private static Duration lease(Settings settings, String name, Duration otherwise) {
        Duration lease = settings.duration(name).orElse(otherwise);
        if (lease.compareTo(LEAST_LEASE) < 0 || lease.compareTo(MOST_LEASE) > 0) {
            throw new IllegalArgumentException(settings.where() + ": " + name + " is 1s to 1d, not "
                    + settings.text(name).orElse(""));
        }
        return lease;
    }
}
