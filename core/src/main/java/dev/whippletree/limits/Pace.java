package dev.whippletree.limits;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A rate found by trial: calls at even intervals, and a burst after an idle time.
 *
 * <p>The limit's window is unknown. {@link #amount} and {@link #window} only express the rate.
 */
public final class Pace implements Quota {

    private static final List<Duration> WORDS =
            List.of(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1));

    /** Large enough that different rates show as different amounts. */
    private static final long TELLING_AMOUNT = 100;

    /** Timers are late by some milliseconds; calls may catch up on that. */
    private static final double SLACK_NANOS = 20_000_000;

    private final double mostAtOnce;
    private double perNano;
    private double credit = 1;
    private long creditAt;
    private long idleNanos;

    /**
     * Creates a pace that admits its first call at {@code opensAt}.
     *
     * @param perNano calls per nanosecond, positive
     * @param mostAtOnce the largest burst after an idle time, in calls; 1 or more
     */
    public Pace(double perNano, double mostAtOnce, long opensAt) {
        this.perNano = perNano;
        this.mostAtOnce = mostAtOnce;
        this.creditAt = opensAt;
    }

    /** Returns the rate, in calls per nanosecond. */
    public double perNano() {
        return perNano;
    }

    /** Changes the rate from now on. What has been idle stays so: growing alone doesn't make it wait for its pace. */
    public void change(double callsPerNano, long now) {
        boolean idle = isIdle(now);
        perNano = callsPerNano;
        credit = idle ? Math.max(credit, most()) : credit;
    }

    /** Admits no call before {@code moment}, and one call then. */
    public void holdUntil(long moment) {
        creditAt = Math.max(creditAt, moment);
        credit = 1;
    }

    /** Returns for how long, in all, it had room but no calls. */
    public long idleNanos(long now) {
        advance(now);
        return idleNanos;
    }

    /** Returns whether the pace is idle: calls now don't test it. */
    public boolean isIdle(long now) {
        advance(now);
        return credit >= most();
    }

    @Override
    public long amount() {
        return Math.max(1, Math.round(perNano * inWords().toNanos()));
    }

    @Override
    public Optional<Duration> window() {
        return Optional.of(inWords());
    }

    private Duration inWords() {
        for (Duration window : WORDS) {
            if (perNano * window.toNanos() >= TELLING_AMOUNT) {
                return window;
            }
        }
        return WORDS.get(WORDS.size() - 1);
    }

    @Override
    public long left(long now) {
        advance(now);
        return now < creditAt ? 0 : Math.max(0, (long) credit);
    }

    @Override
    public long waitNanos(long sum, long now) {
        advance(now);
        if (sum == 0) {
            return 0;
        }
        long opening = Math.max(0, creditAt - now);
        double missing = sum - credit;
        return missing <= 0
                ? opening
                : opening + Math.max(1, (long) Math.min(Long.MAX_VALUE / 4.0, missing / perNano + 1));
    }

    @Override
    public long roomWithin(long aheadNanos, long reserve, long now) {
        advance(now);
        long opening = Math.max(0, creditAt - now);
        return aheadNanos < opening ? 0 : (long) Math.max(0, credit + (aheadNanos - opening) * perNano - reserve);
    }

    @Override
    public Use reserve(long reserved, long now) {
        advance(now);
        credit -= reserved;
        return new PacedUse(reserved);
    }

    private double most() {
        return mostAtOnce + perNano * SLACK_NANOS;
    }

    private void advance(long now) {
        if (now <= creditAt) {
            return;
        }
        double earned = (now - creditAt) * perNano;
        double lost = Math.max(0, credit + earned - most());
        idleNanos += (long) (Math.min(lost, earned) / perNano);
        credit = Math.min(credit + earned, Math.max(credit, most()));
        creditAt = now;
    }

    /** Only {@link #release} matters: an even pace doesn't depend on when calls arrive. */
    private final class PacedUse implements Use {

        private final long amount;
        private boolean ended;

        PacedUse(long amount) {
            this.amount = amount;
        }

        @Override
        public void arrived(long now) {
            ended = true;
        }

        @Override
        public void lost(long latestArrival, long now) {
            ended = true;
        }

        @Override
        public void release(long now) {
            if (!ended) {
                ended = true;
                credit += amount;
            }
        }
    }
}
