package dev.whippletree.limits.learning;

import dev.whippletree.limits.Pace;
import dev.whippletree.limits.Quota;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rate of a limit of requests that nobody states, from admitted and refused calls. Arithmetic only, like
 * {@link Quota}.
 *
 * <p>It measures round by round: the calls admitted from when the service opened, divided by the time until it opens
 * again after it refused some. If the limit was used up, that is its rate, whatever its window: an hour's calls used up
 * in a minute are followed by 59 closed minutes. A full bucket, or earlier use by others, distorts the first
 * measurement, so a rate is set when two in a row agree. Calls then keep that pace, a tenth below it at first and
 * growing (see {@link CubicProbe}).
 *
 * <p>A refusal cuts the rate once per round. Where a window was used up when its rate was found, the first brief
 * refusals within such a window after a cut don't cut further, since it still holds calls from before. Time without
 * demand isn't counted, and calls that didn't have to wait for their pace don't raise it, because neither says anything
 * about the limit.
 */
public final class AdaptiveRate {

    /** Two measurements agree if neither is more than this many times the other. */
    private static final double AGREEMENT = 2;

    /**
     * If the service is closed for less than this share of the time that it was open, no window was used up too early.
     */
    private static final double SHORT_CLOSURE = 0.2;

    /** If the service is closed for more than this share of a round when its rate is found, a window was used up. */
    private static final double CLOSURE_OF_WINDOW = 0.6;

    /** A round of fewer calls measures nothing once a rate is known. */
    private static final long FEWEST_MEASURED = 40;

    /** More refusals than this within a window after a cut mean that the limit itself has become smaller. */
    private static final int MOST_UNCUT = 3;

    /** An account that has done nothing for long may send this share of its first round at once, within a bound. */
    private static final double BURST_SHARE = 1.0 / 16;

    private static final double MOST_AT_ONCE = 16;

    /** The rate is tested so seldom that one call in 300 is refused. */
    private static final double CALLS_PER_REFUSAL = 300;

    /** The same for a known limit: what others use of it changes, so a test more often pays. */
    private static final double CALLS_PER_REFUSAL_WITH_OTHERS = 100;

    /**
     * A test that cost many refusals puts the next one off by no more than this: after an outage, the rate may be far
     * too low.
     */
    private static final double LONGEST_TO_TEST_NANOS = Duration.ofHours(1).toNanos();

    /**
     * The share of the first round's calls after which the rate may be tested: growing more within a window would
     * overshoot.
     */
    private static final double WINDOW_SHARE = 0.5;

    /** The fewest calls after which the rate grows by another tenth above its ceiling. */
    private static final double FEWEST_PER_TENTH = 40;

    private final RateSample round = new RateSample();
    private final CubicProbe probe;
    private @Nullable Pace pace;

    /** The rate of the round before, 0 if there was none. */
    private double measured;

    /** How many calls the first round admitted. */
    private double firstRound;

    /** The rate that was refused last, 0 if there was none. */
    private double refusedRate;

    /** Whether the limit is known: then other users take part of it, or it is smaller than known. */
    private final boolean known;

    /** Its window: as known, else as it was used up when its rate was found; 0 if it may be a bucket. */
    private long windowNanos;

    /** When a refusal last cut the rate, and how many have not cut it since. */
    private long cutAt = Long.MIN_VALUE;

    private int uncut;

    /** Creates one of a limit of which nothing is known. */
    public AdaptiveRate() {
        this(0, 0);
    }

    /**
     * Creates one of a limit that is known but refuses before it is used up.
     *
     * @param perNano a first measurement, calls a nanosecond, 0 or more
     * @param windowNanos the limit's window, positive
     */
    public AdaptiveRate(double perNano, long windowNanos) {
        this.measured = perNano;
        this.windowNanos = windowNanos;
        this.known = windowNanos > 0;
        this.probe = new CubicProbe(known ? CALLS_PER_REFUSAL_WITH_OTHERS : CALLS_PER_REFUSAL);
    }

    /**
     * Returns one that goes on from a rate at which calls were admitted and some refused, a tenth below it at first.
     *
     * @param perNano calls a nanosecond, positive
     * @param calls how many calls it was measured by
     */
    public static AdaptiveRate below(double perNano, double calls, long now) {
        AdaptiveRate rate = new AdaptiveRate(perNano, 0);
        rate.round.startAt(now);
        rate.firstRound = calls;
        double steps = rate.callsToNextTest(perNano);
        rate.probe.restart(perNano, steps, steps);
        rate.pace = new Pace(rate.probe.value(), rate.mostAtOnce(), now);
        return rate;
    }

    public Optional<Pace> pace() {
        return Optional.ofNullable(pace);
    }

    public void begun(long now) {
        if (round.begun(now) && pace != null && !pace.isIdle(now)) {
            probe.step();
        }
    }

    public void admitted(long begun, long now) {
        if (round.isEndedBy(begun)) {
            measured = round.calls() > 0 ? measure(now) : measured;
            firstRound = firstRound == 0 ? round.calls() : firstRound;
            round.beginNext(idleNanos(now));
        }
        if (pace != null && !round.isClosed()) {
            pace.change(probe.value(), now);
        }
    }

    /** A call that began at a moment was refused for another reason than its rate. */
    public void setAside(long begun) {
        round.setAside(begun);
    }

    /**
     * A call was refused.
     *
     * @param begun when it began
     * @param until when the service is asked again
     * @param reported whether the service said so itself
     */
    public void refused(long begun, long now, long until, boolean reported) {
        round.setAside(begun);
        switch (round.refused(begun, until, idleNanos(now), now)) {
            case FIRST -> closed(now);
            case FURTHER -> {
                if (refusedRate > 0) {
                    probe.refusedAgain();
                }
            }
            case NONE -> {
                return;
            }
        }
        if (!isDueToOtherUsers()) {
            cut(measure(now));
        }
        if (pace != null) {
            pace.holdUntil(round.opensAt());
            double oneCallPerPause = reported ? Double.MAX_VALUE : 1.0 / Math.max(1, round.opensAt() - now);
            pace.change(Math.min(probe.value(), oneCallPerPause), now);
        }
    }

    private void closed(long now) {
        if (pace == null) {
            return;
        }
        probe.refused();
        boolean holdsEarlierCalls = refusedRate > 0 && now - cutAt < windowNanos && uncut < MOST_UNCUT;
        refusedRate = holdsEarlierCalls ? Math.max(probe.value(), probe.ceiling()) : probe.value();
        uncut = holdsEarlierCalls ? uncut + 1 : 0;
        cutAt = holdsEarlierCalls ? cutAt : now;
    }

    /** A pace that was admitted for a whole window of a known limit isn't too fast, unless it was being tested. */
    private boolean isDueToOtherUsers() {
        boolean wholeWindow = known && round.openNanos() >= windowNanos;
        return wholeWindow && refusedRate > 0 && refusedRate < probe.ceiling() && isBrief();
    }

    /** Begins a tenth below a rate at which calls were admitted, if it is known well enough. */
    private void cut(double rate) {
        if (pace == null) {
            boolean agree = rate <= measured * AGREEMENT && rate >= measured / AGREEMENT;
            if (measured == 0 || !agree || round.calls() <= 0) {
                return;
            }
            pace = new Pace(rate, mostAtOnce(), round.opensAt());
        }
        if (refusedRate == 0) {
            long whole = round.openNanos() + round.closedNanos();
            boolean isWindow = round.closedNanos() > CLOSURE_OF_WINDOW * whole;
            windowNanos = known || !isWindow ? windowNanos : whole;
            probe.restart(Math.max(rate, measured / AGREEMENT), callsPerTenth(), callsPerTenth());
        } else {
            double calls = callsToNextTest(rate);
            probe.restart(ceiling(rate), calls, Math.min(calls, callsPerTenth()));
        }
    }

    /**
     * A window used up early stays closed for long, and measures the rate; a short closure says that it was just too
     * high.
     */
    private double ceiling(double rate) {
        boolean measures = !isBrief() && round.calls() >= FEWEST_MEASURED;
        return measures ? Math.min(refusedRate, Math.max(rate, refusedRate / 2)) : refusedRate;
    }

    private boolean isBrief() {
        return round.closedNanos() < SHORT_CLOSURE * Math.max(round.openNanos(), windowNanos);
    }

    private double mostAtOnce() {
        return Math.min(MOST_AT_ONCE, Math.max(1, firstRound * BURST_SHARE));
    }

    private double callsPerTenth() {
        return Math.max(FEWEST_PER_TENTH, callsOfWindow());
    }

    private double callsOfWindow() {
        return WINDOW_SHARE * firstRound;
    }

    private double callsToNextTest(double rate) {
        double mostCalls = Math.max(CALLS_PER_REFUSAL, rate * LONGEST_TO_TEST_NANOS);
        return Math.max(Math.min(probe.callsToNextTest(), mostCalls), callsOfWindow());
    }

    private double measure(long now) {
        return round.perNano(idleNanos(now));
    }

    private long idleNanos(long now) {
        return pace == null ? 0 : pace.idleNanos(now);
    }
}
