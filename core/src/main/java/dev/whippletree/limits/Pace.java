package dev.whippletree.limits;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A rate found by trial: calls at even intervals, and a burst after an idle time.
 *
 * <p>It has no window, since nobody said what it is. {@link #amount} and {@link #window} only put the rate into words.
 */
public final class Pace implements Quota {

    private static final List<Duration> WORDS =
            List.of(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1));

    /** Large enough to tell one rate from another. */
    private static final long TELLING_AMOUNT = 100;

    /** Timers are late by some milliseconds; what that would cost may be made up for. */
    private static final double SLACK_NANOS = 20_000_000;

    private final double mostAtOnce;
    private double perNano;
    private double credit = 1;
    private long creditAt;
    private long idleNanos;

    /**
     * Creates one that lets the first call go at a moment.
     *
     * @param perNano calls a nanosecond, positive
     * @param mostAtOnce how many may go at once after a time without calls, 1 or more
     */
    public Pace(double perNano, double mostAtOnce, long opensAt) {
        this.perNano = perNano;
        this.mostAtOnce = mostAtOnce;
        this.creditAt = opensAt;
    }

    /** Returns the calls a nanosecond. */
    public double perNano() {
        return perNano;
    }

    /** Changes the rate from now on. */
    public void change(double callsPerNano, long now) {
        advance(now);
        perNano = callsPerNano;
    }

    /** Nothing may go before a moment, and then one. */
    public void holdUntil(long moment) {
        creditAt = Math.max(creditAt, moment);
        credit = 1;
    }

    /** Returns for how long, so far, it let calls wait for nothing: the time that it had room and nobody came. */
    public long idleNanos(long now) {
        advance(now);
        return idleNanos;
    }

    /** Returns whether nothing was waiting for it, so that a call which takes of it doesn't test it. */
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
                : opening + Math.max(1, (long) Math.min(Long.MAX_VALUE / 4, missing / perNano + 1));
    }

    @Override
    public long roomWithin(long aheadNanos, long leave, long now) {
        advance(now);
        long opening = Math.max(0, creditAt - now);
        return aheadNanos < opening ? 0 : (long) Math.max(0, credit + (aheadNanos - opening) * perNano - leave);
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

    /** Only that it was never sent matters: an even pace holds wherever a call is on its way. */
    private final class PacedUse implements Use {

        private final long amount;
        private boolean ended;

        PacedUse(long amount) {
            this.amount = amount;
        }

        @Override
        public void sent(long latestArrival, long now) {}

        @Override
        public void arrived(long now) {
            ended = true;
        }

        @Override
        public void lost(long latestArrival, long now) {
            ended = true;
        }

        @Override
        public void settle(long actual, long now) {}

        @Override
        public void release(long now) {
            if (!ended) {
                ended = true;
                credit += amount;
            }
        }
    }
}
