package dev.whippletree.cache.redis.link;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What should be put right in Redis although it works. Thread-safe; never blocks. */
public final class Remarks {

    private static final Pattern MEMORY = Pattern.compile("(?m)^maxmemory:(\\d+)");
    private static final Pattern POLICY = Pattern.compile("(?m)^maxmemory_policy:([a-z-]+)");
    private static final Duration MOST_SKEW = Duration.ofMinutes(1);

    private static final Duration LARGEST_STEP = Duration.ofSeconds(1);
    private static final Duration STEP_SAID_FOR = Duration.ofDays(1);

    private final RedisSettings redis;
    private volatile Optional<String> eviction = Optional.empty();
    private volatile Optional<String> skew = Optional.empty();
    private volatile Optional<String> step = Optional.empty();

    /** By how much Redis's clock was ahead of this process's at most, when last told; null before. */
    private @Nullable Long mostAheadMillis;

    private long steppedMillis;

    public Remarks(RedisSettings redis) {
        this.redis = redis;
    }

    /**
     * Takes what {@code INFO memory} says. A server without a bound never evicts; all policies but one take keys that
     * expire, as all of ours do.
     *
     * @return a warning, if Redis may drop limits and that wasn't known before
     */
    public Optional<String> memory(String info) {
        Matcher bound = MEMORY.matcher(info);
        Matcher policy = POLICY.matcher(info);
        boolean known = eviction.isPresent();
        eviction = bound.find()
                        && Long.parseLong(bound.group(1)) > 0
                        && policy.find()
                        && !policy.group(1).equals("noeviction")
                ? Optional.of(redis.where() + ": Redis at " + redis.address()
                        + " may drop what was used of limits, because its maxmemory-policy is " + policy.group(1)
                        + "; set it to noeviction")
                : Optional.empty();
        return known ? Optional.empty() : eviction;
    }

    /** Takes Redis's time of day, and this process's at the same moment, by which answers expire. */
    public void time(long redisMillis, Instant here) {
        Duration ahead = Duration.between(Instant.ofEpochMilli(redisMillis), here);
        skew = ahead.abs().compareTo(MOST_SKEW) <= 0
                ? Optional.empty()
                : Optional.of(redis.where() + ": this machine's clock is "
                        + ahead.abs().toSeconds() + " s "
                        + (ahead.isNegative() ? "behind" : "ahead of") + " that of Redis at " + redis.address()
                        + ", and cached answers expire too " + (ahead.isNegative() ? "late" : "early")
                        + "; synchronize both (NTP)");
    }

    /**
     * Takes Redis's time of day, and two moments here between which it told it.
     *
     * @return a warning, which the status repeats for a day, if its clock has gone on by a second more than time has
     */
    public synchronized Optional<String> clock(long redisMillis, long beforeMillis, long afterMillis) {
        Long most = mostAheadMillis;
        mostAheadMillis = redisMillis - beforeMillis;
        Duration ahead = Duration.ofMillis(most == null ? 0 : redisMillis - afterMillis - most);
        if (ahead.compareTo(LARGEST_STEP) < 0) {
            if (afterMillis - steppedMillis > STEP_SAID_FOR.toMillis()) {
                step = Optional.empty();
            }
            return Optional.empty();
        }
        steppedMillis = afterMillis;
        step = Optional.of(redis.where() + ": the clock of Redis at " + redis.address() + " was set ahead by "
                + ahead.toSeconds() + " s, to " + Instant.ofEpochMilli(redisMillis)
                + ", or this machine stood still for so long; limits may have been exceeded by what they forgot;"
                + " correct that clock in small steps (NTP)");
        return step;
    }

    /** Returns what there is to put right; empty if nothing. */
    public Optional<String> sentence() {
        return Stream.of(eviction, skew, step)
                .flatMap(Optional::stream)
                .reduce((first, second) -> first + "; " + second);
    }
}
