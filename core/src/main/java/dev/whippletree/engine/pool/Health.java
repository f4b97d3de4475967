package dev.whippletree.engine.pool;

import dev.whippletree.engine.run.RecentSum;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Whether a target may be tried, by the outcomes of its latest attempts. Guarded by the engine's lock.
 *
 * <p>The target cools down after five failures in a row, or when half of at least twenty attempts within 30 s
 * failed. If the service says that it is overloaded, half of any number is enough; if it says when to come back,
 * one failure always is. Failures arrive sooner than answers to calls that began with them. So a row must be as
 * long as a quarter of the attempts in flight, and an answer to an attempt that began before the whole row doesn't
 * interrupt it.
 *
 * <p>The cooldown lasts one second at first, then four, doubling to 15. Then one attempt probes the target. If the
 * probe succeeds, more attempts are let through, four times as many in each round, until the target's concurrency
 * is reached; if it fails, the target cools down again.
 *
 * <p>A prompt that no other target takes needn't wait that long: it probes the target four seconds after the last
 * probe began, whether or not that one has ended. So there are at most 15 probes a minute, and a recovered target
 * is found within four seconds.
 *
 * <p>Attempts begun before a cooldown say nothing about the time after it, and probes say nothing about the time
 * after the first success: each attempt belongs to the epoch in which it began.
 */
public final class Health {

    private static final int FAILURES_IN_A_ROW = 5;
    private static final int PART_UNDER_WAY = 4;
    private static final int FEWEST_FOR_RATE = 20;
    private static final int MORE_FOR_EACH = 3;
    private static final Duration RATE_WINDOW = Duration.ofSeconds(30);
    private static final int RATE_SLICES = 10;
    private static final long SHORTEST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_NANOS = Duration.ofSeconds(15).toNanos();
    private static final long BETWEEN_PROBES_NANOS = Duration.ofSeconds(4).toNanos();

    /** A target without an answer for so long counts as broken for good. */
    private static final long LONGEST_OUTAGE_NANOS = Duration.ofMinutes(15).toNanos();

    private int maxConcurrency;
    private final RecentSum recent = new RecentSum(RATE_WINDOW, RATE_SLICES);
    private final RecentSum recentFailures = new RecentSum(RATE_WINDOW, RATE_SLICES);

    private int failuresInARow;

    /** When the earliest of these attempts began. */
    private long failingSince = Long.MAX_VALUE;

    private long coolingUntil = Long.MIN_VALUE;

    /** From when a prompt without another target may probe it. */
    private long probedFrom = Long.MIN_VALUE;

    /** Until when the service said that it takes no calls, before a call after such a time failed too. */
    private long restingUntil = Long.MIN_VALUE;

    private long nextCooldownNanos = SHORTEST_NANOS;
    private String reason = "";

    /** When the latest answered attempt began. */
    private OptionalLong lastGood = OptionalLong.empty();

    /** Between which moments the attempts of the latest ended outage began. */
    private long outFrom = Long.MAX_VALUE;

    private long outUntil = Long.MIN_VALUE;

    /** Counts the cooldowns, and their ends. */
    private int epoch;

    /** Attempts allowed at once since the last cooldown; unbounded once the target has proved itself. */
    private int allowed = Integer.MAX_VALUE;

    /** Attempts under way of this epoch. */
    private int underWay;

    /** An attempt that has begun. Immutable. */
    public record Begun(int epoch, long nanos) {}

    Health(int maxConcurrency) {
        this.maxConcurrency = maxConcurrency;
    }

    /** Changes how many attempts may be under way, at which the ramp ends. */
    void limitTo(int attempts) {
        maxConcurrency = attempts;
    }

    /** Returns how long until it may be tried: {@link Waits#UNTIL_EVENT} while a probe or the ramp is under way. */
    long waitNanos(long now) {
        if (now < coolingUntil) {
            return coolingUntil - now;
        }
        return underWay < allowed ? Waits.NONE : Waits.UNTIL_EVENT;
    }

    /** Returns how long a prompt without another target has to wait; at most {@link #waitNanos}. */
    long probeNanos(long now) {
        return allowed == 1 ? Math.min(waitNanos(now), Math.max(0, probedFrom - now)) : waitNanos(now);
    }

    /**
     * Returns whether a failure belongs to the same outage as an earlier one: the target usually answers, but answered
     * nothing that began between the two. Such failures say nothing about a prompt.
     *
     * @param earlier when the earlier one ended
     * @param attempt the failed attempt
     */
    public boolean isSameOutage(long earlier, Begun attempt, long now) {
        return lastGood.isPresent()
                && now - lastGood.getAsLong() < LONGEST_OUTAGE_NANOS
                && (lastGood.getAsLong() <= earlier || (outFrom <= earlier && attempt.nanos() <= outUntil));
    }

    /** Returns whether it has ever accepted a call: answered it, or refused the prompt as wrong. */
    public boolean hasAnswered() {
        return lastGood.isPresent();
    }

    /** Returns whether it has accepted a call that began at or after a moment. */
    boolean isGoodSince(long moment) {
        return lastGood.orElse(Long.MIN_VALUE) >= moment;
    }

    boolean isCooling(long now) {
        return now < coolingUntil;
    }

    /** Returns whether it has cooled down but not yet proved itself. */
    boolean isProbing(long now) {
        return now >= coolingUntil && allowed == 1;
    }

    long coolingUntil() {
        return coolingUntil;
    }

    public String reason() {
        return reason;
    }

    /**
     * Returns how long until the time at which the service said that it takes calls again; {@link Waits#NONE} if there
     * is none, or if it failed again after such a time.
     */
    long statedNanos(long now) {
        return now < restingUntil ? restingUntil - now : Waits.NONE;
    }

    int allowed() {
        return allowed;
    }

    /** Begins an attempt. Returns what to end it with. */
    Begun begin(long now) {
        underWay++;
        if (allowed == 1) {
            probedFrom = now + BETWEEN_PROBES_NANOS;
        }
        return new Begun(epoch, now);
    }

    /** Ends an attempt that says nothing about the target. */
    public void ended(Begun attempt) {
        if (attempt.epoch() == epoch) {
            underWay--;
        }
    }

    /** Ends an attempt that the target answered, if only to refuse the prompt as wrong. */
    public void succeeded(Begun attempt, long now) {
        long before = lastGood.orElse(attempt.nanos());
        lastGood = OptionalLong.of(Math.max(attempt.nanos(), before));
        if (attempt.nanos() < outUntil) {
            outFrom = Math.max(outFrom, attempt.nanos());
        }
        ended(attempt);
        if (attempt.epoch() != epoch) {
            return;
        }
        recent.add(1, now);
        if (attempt.nanos() >= failingSince) {
            startRow();
        }
        nextCooldownNanos = SHORTEST_NANOS;
        boolean probe = allowed == 1;
        allowed = allowed < maxConcurrency ? allowed + MORE_FOR_EACH : Integer.MAX_VALUE;
        if (probe) {
            coolingUntil = now;
            outFrom = before;
            outUntil = attempt.nanos();
            startWith(allowed);
        }
    }

    /**
     * Ends an attempt that failed.
     *
     * @param overloaded whether the service said that it is overloaded
     * @param leastNanos the pause that the service asked for, 0 if none
     * @return whether a cooldown began
     */
    public boolean failed(Begun attempt, boolean overloaded, long leastNanos, String why, long now) {
        ended(attempt);
        if (attempt.epoch() != epoch) {
            return false;
        }
        recent.add(1, now);
        recentFailures.add(1, now);
        failuresInARow++;
        failingSince = Math.min(failingSince, attempt.nanos());
        boolean probeFailed = allowed == 1;
        int fewest = overloaded && halfFailed(1, now) ? 1 : FAILURES_IN_A_ROW;
        if (leastNanos > 0
                || probeFailed
                || failuresInARow >= Math.max(fewest, underWay / PART_UNDER_WAY)
                || halfFailed(FEWEST_FOR_RATE, now)) {
            coolDown(leastNanos, why, now);
            return true;
        }
        return false;
    }

    /** Returns whether half of the recent attempts failed, of at least {@code fewest}. */
    private boolean halfFailed(int fewest, long now) {
        long all = recent.sumOfWholeSlices(now);
        return all >= fewest && recentFailures.sumOfWholeSlices(now) * 2 >= all;
    }

    /**
     * Allows two attempts, or one if it is out, then more for each success, as after a closure whose end was a guess.
     */
    public void startSlowly() {
        startWith(Math.min(allowed, 2));
    }

    /** Begins an epoch with so many attempts allowed at first. */
    private void startWith(int attempts) {
        epoch++;
        underWay = 0;
        allowed = attempts;
    }

    private void coolDown(long leastNanos, String why, long now) {
        probedFrom = Math.max(probedFrom, now + Math.max(SHORTEST_NANOS, leastNanos));
        coolingUntil = Math.max(probedFrom, now + nextCooldownNanos);
        nextCooldownNanos = Math.min(LONGEST_NANOS, Math.max(BETWEEN_PROBES_NANOS, nextCooldownNanos * 2));
        reason = why;
        if (allowed > 1) {
            restingUntil = Long.MIN_VALUE;
            startWith(1);
        }
        if (leastNanos > 0 && restingUntil == Long.MIN_VALUE) {
            restingUntil = now + leastNanos; // Only its first word since it worked counts.
        }
        startRow();
        recent.clear();
        recentFailures.clear();
    }

    private void startRow() {
        failuresInARow = 0;
        failingSince = Long.MAX_VALUE;
    }

    /**
     * Decides whether refusals that name nothing ({@link Reach#PROMPT}) are a target's fault or their prompts'. Guarded
     * by the engine's lock.
     *
     * <p>A target that has never answered is at fault at once, unless one that has refuses the same prompt. Any other
     * is after 100 refused prompts in a row, unless it has accepted a call that began after the first of them. Prompts
     * of each tenant whose calls it has accepted within an hour must be among them. A prompt doesn't count if another
     * account refuses it too, and has accepted other calls meanwhile.
     */
    static final class FaultAttribution {

        private static final int MOST_PROMPTS = 100;
        private static final int MOST_TENANTS = 100;
        private static final long RECENT_NANOS = Duration.ofHours(1).toNanos();

        private final Health health;

        /** The prompts refused in a row, their tenants, and when the first of these calls began. */
        private int prompts;

        private final Set<String> tenants = new HashSet<>(2);
        private long since;

        /** When a call of each tenant was last accepted. */
        private final Map<String, Long> acceptedAt = new HashMap<>(2);

        FaultAttribution(Health health) {
            this.health = health;
        }

        /**
         * Counts a refusal that named nothing. Returns whether the target is at fault, and has to be closed.
         *
         * @param began when the refused call began
         * @param others the doubts about the targets that have refused the same prompt in this way
         * @param underWay when the target's calls under way began
         */
        boolean refused(long began, String tenant, List<FaultAttribution> others, LongStream underWay, long now) {
            if (!health.hasAnswered()) {
                return others.stream().noneMatch(other -> other.health.hasAnswered());
            }
            if (prompts == 0) {
                tenants.clear();
                since = began;
            }
            if (others.stream().noneMatch(other -> other.health.isGoodSince(since))) {
                prompts++;
                tenants.add(tenant);
            }
            others.stream()
                    .filter(other -> other.prompts > 0 && health.isGoodSince(other.since))
                    .forEach(other -> other.prompts--);
            acceptedAt.values().removeIf(at -> now - at > RECENT_NANOS);
            return prompts >= MOST_PROMPTS
                    && tenants.containsAll(acceptedAt.keySet())
                    && underWay.noneMatch(other -> other >= since && isAccepted(now - other, now - began));
        }

        /** Refusals arrive sooner than answers, so a call in flight for longer counts as accepted. */
        private static boolean isAccepted(long underWayNanos, long refusalNanos) {
            return underWayNanos > 2 * refusalNanos;
        }

        /** Notes that the target accepted a call: it answered the prompt, or refused it as wrong. */
        void accepted(long began, String tenant, long now) {
            if (began >= since) {
                prompts = 0;
            }
            if (acceptedAt.size() >= MOST_TENANTS) {
                acceptedAt.clear();
            }
            acceptedAt.put(tenant, now);
        }
    }
}
