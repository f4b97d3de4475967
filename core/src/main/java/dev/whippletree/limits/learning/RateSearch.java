package dev.whippletree.limits.learning;

import dev.whippletree.limits.Pace;
import dev.whippletree.limits.Quota;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds an unreported limit of requests from accepted and refused calls. Arithmetic only, like {@link Quota}.
 *
 * <p>Until something is refused, there is no rate. From one refusal to the next, it measures what was let in,
 * divided by the time from when calls could begin until the service admits calls again. If the limit was used up,
 * that is its rate, whatever its window: an hour's calls used up in a minute are followed by 59 closed minutes. A
 * full bucket, or earlier use by others, distorts the first measurement, so a rate is set when two in a row agree.
 * Calls then keep that pace, a tenth below it at first and growing (see {@link CubicGrowth}): additive increase,
 * multiplicative decrease, as in TCP.
 *
 * <p>Some refusals don't cut the rate again: those of calls begun before the last cut, and those before anything
 * has been admitted since; they belong to the same congestion. Nor does a refusal that closes a known limit briefly
 * after a whole window below the ceiling was admitted: others have just used more than usual. If the limit was used up
 * early when its rate was found, that took a whole window; within as long after a cut, the first brief refusals don't cut
 * further, since the window still holds calls from before the cut. Time without demand
 * isn't counted, and calls that didn't have to wait for their pace don't raise it, because neither says anything
 * about the limit.
 */
public final class RateSearch {

    /** Two measures agree if neither is more than this many times the other. */
    private static final double AGREEMENT = 2;

    /** Closed for a smaller share of the time since it opened, it isn't a window that was used up too early. */
    private static final double SHORT_CLOSURE = 0.2;

    /** Closed for a larger share of that time when its rate is found, it is a window that was used up, not a bucket. */
    private static final double CLOSURE_OF_WINDOW = 0.6;

    /** Others are rarely refused more often within a window after a cut; a limit that has become much smaller is. */
    private static final int MOST_UNCUT = 3;

    /** An account that has done nothing for long may send this share of its first run at once. */
    private static final double BURST_SHARE = 1.0 / 16;

    /** A test of a rate loses about a third of a percent. */
    private static final double CALLS_PER_REFUSAL = 300;

    /** Others don't use the same all the time: keeping out of their way more often would leave much of a limit unused. */
    private static final double CALLS_PER_REFUSAL_WITH_OTHERS = 100;

    /**
     * A window's calls are refused only once it is used up. Growing much within one would overshoot, so a rate isn't tested before
     * half of what the first run let in, which is what a whole window allows if nobody had used it.
     */
    private static final double WINDOW_SHARE = 0.5;

    /** A rate that was measured while others used much is far too low; it grows by a tenth for so many calls at least. */
    private static final double FEWEST_BEYOND = 40;

    private static final double LARGEST_WINDOW = 1000;

    /** Where a window is known, what is let in within a shorter share of it is no measure. */
    private static final long SHORTEST_RUNS_IN_WINDOW = 4;

    private static final double MOST_AT_ONCE = 16;

    /** Waits told are whole seconds; a rate is tested so seldom that one of them costs a sixteenth at most. */
    private static final double PAUSES_BETWEEN_TESTS = 16;

    private static final long ROUNDING_NANOS = 1_000_000_000;

    /** A first pause takes what four calls do, within bounds, so that it costs little wherever the window ends. */
    private static final double CALLS_OF_A_PAUSE = 4;

    private static final double SHORTEST_PAUSE = 10_000_000;
    private static final double LONGEST_PAUSE = 30_000_000_000.0;
    private static final long NEVER = Long.MIN_VALUE;

    private final Cost cost;
    private @Nullable Pace pace;
    private CubicGrowth growth = new CubicGrowth(1, 1);
    private Run run = Run.notBegun();
    private double firstRun;

    /** The window of a limit that is known but too high; 0 if none is. */
    private final long windowNanos;

    /** The window of a limit that isn't known, as it was used up when its rate was found; 0 if it may be a bucket. */
    private long foundWindowNanos;

    /** When a refusal last cut the rate, and how many have not cut it since. */
    private long cutAt = NEVER;

    private int uncut;

    /** What was measured before, 0 if nothing was. */
    private double measured;

    /** The rate when it was refused, 0 if there was none. */
    private double refusedRate;

    /** Whether nothing has been let in since the last refusal. */
    private boolean congested;

    private long congestedAt = NEVER;
    private long opensAt = NEVER;

    /** Since when no call has been under way, and how long that was so while it was open. */
    private long restingSince = NEVER;

    private long restedNanos;

    /** Calls begun since the congestion began. */
    private long begunSince;

    /** Creates one of a limit of which nothing is known. */
    public RateSearch() {
        this(0);
    }

    private RateSearch(long windowNanos) {
        this.windowNanos = windowNanos;
        this.cost = new Cost(windowNanos == 0 ? CALLS_PER_REFUSAL : CALLS_PER_REFUSAL_WITH_OTHERS);
    }

    /**
     * Returns one that goes on from a rate at which calls were let in and some refused, a tenth below it at first.
     *
     * @param rate calls a nanosecond, positive
     * @param calls by how many calls it is known
     */
    public static RateSearch at(double rate, double calls, long now) {
        RateSearch search = new RateSearch();
        search.run = new Run(now, now, 0, 0);
        search.measured = rate;
        search.firstRun = calls;
        search.congestedAt = now;
        search.opensAt = now;
        search.growth = new CubicGrowth(rate, search.callsToNextTest(rate));
        search.pace = new Pace(search.growth.value(), search.mostAtOnce(), now);
        return search;
    }

    /**
     * Returns one of a limit that is known, but that others use too, or that is too high.
     *
     * @param windowNanos the limit's window
     * @param used what was let in within the latest of them
     * @param until when the service lets in again
     */
    public static RateSearch within(long windowNanos, long used, long until, long now) {
        RateSearch search = new RateSearch(windowNanos);
        search.measured = Math.max(0, used) / (double) Math.max(1, until - now + windowNanos);
        return search;
    }

    /** Returns the rate that was found, if there is one yet. */
    public Optional<Pace> pace() {
        return Optional.ofNullable(pace);
    }

    /** Returns for how long to pause at first where the service doesn't say: some calls' time, or empty without a rate. */
    public OptionalLong pauseNanos() {
        return pace == null
                ? OptionalLong.empty()
                : OptionalLong.of(
                        (long) Math.max(SHORTEST_PAUSE, Math.min(LONGEST_PAUSE, CALLS_OF_A_PAUSE / growth.value())));
    }

    /** No call is under way any more. */
    public void rest(long now) {
        restingSince = now;
    }

    /** One is again. */
    public void wake(long now) {
        restedNanos += restingSince == NEVER ? 0 : Math.max(0, now - Math.max(restingSince, opensAt));
        restingSince = NEVER;
    }

    /** A call begins. */
    public void begun(long now) {
        if (!run.hasBegun()) {
            run = new Run(now, now, 0, 0);
        }
        if (congested) {
            begunSince++;
        } else {
            run.add(1);
            if (pace != null && !pace.isIdle(now)) {
                growth.step();
            }
        }
    }

    /** A call that began at a moment was let in. */
    public void letIn(long begun, long now) {
        if (congested && begun >= congestedAt) {
            congested = false;
            if (isTooShort()) {
                run.add(begunSince);
                keepPace(now);
                return;
            }
            measured = run.calls() > 0 ? measure(now) : measured;
            firstRun = firstRun == 0 ? run.calls() : firstRun;
            run = new Run(congestedAt, opensAt, idleNanos(now), begunSince);
        }
        keepPace(now);
    }

    /** A call that began at a moment was refused for another reason than its rate. */
    public void setAside(long begun) {
        if (begun >= congestedAt && congested) {
            begunSince--;
        } else {
            run.remove(begun);
        }
    }

    /**
     * A call was refused.
     *
     * @param begun when it began
     * @param until when the service is asked again
     * @param told whether the service said so itself
     */
    public void refused(long begun, long now, long until, boolean told) {
        setAside(begun);
        opensAt = Math.max(opensAt, until);
        if (congested) {
            // What is refused before there is a pace says nothing of what testing it will cost.
            if (refusedRate > 0) {
                cost.refused();
            }
        } else if (begun >= congestedAt && begun < run.start()) {
            // One begun at the same time was let in, so the congestion seemed over; it ends when the service is asked
            // again.
            run.startAt(opensAt);
            return;
        } else if (begun >= congestedAt && run.calls() > 0) {
            congested = true;
            congestedAt = now;
            begunSince = 0;
            refusedRate = pace == null ? 0 : tooHigh(now);
            if (refusedRate > 0) {
                cost.begin();
            }
        } else if (begun >= congestedAt) {
            run = new Run(until, until, idleNanos(now), 0);
            return;
        } else {
            return;
        }
        settle(now, told);
    }

    /** Returns the rate that is refused: within a window after a cut, still the one that was cut. */
    private double tooHigh(long now) {
        if (cutAt != NEVER && now - cutAt < foundWindowNanos && uncut < MOST_UNCUT) {
            uncut++;
            return Math.max(growth.value(), growth.ceiling());
        }
        cutAt = now;
        uncut = 0;
        return growth.value();
    }

    /** Draws from a congestion what is known of it so far. */
    private void settle(long now, boolean told) {
        if (!isByOthers()) {
            cut(measure(now));
        }
        if (pace != null) {
            pace.holdUntil(opensAt);
            double probing = told ? Double.MAX_VALUE : 1.0 / Math.max(1, opensAt - now);
            pace.change(Math.min(growth.value(), probing), now);
        }
    }

    /** Begins a tenth below a rate at which calls were let in, if it is known well enough. */
    private void cut(double rate) {
        if (pace == null) {
            if (measured == 0
                    || run.calls() <= 0
                    || isTooShort()
                    || rate > measured * AGREEMENT
                    || rate < measured / AGREEMENT) {
                return;
            }
            pace = new Pace(rate, mostAtOnce(), opensAt);
        }
        if (refusedRate == 0) {
            foundWindowNanos = usedUpNanos();
        }
        double calls = refusedRate == 0 ? callsBeyond() : callsToNextTest(rate);
        growth = new CubicGrowth(ceiling(rate), calls, Math.min(calls, callsBeyond()));
    }

    /** Returns how long the window is that has just been used up, 0 if the limit is known or doesn't close for long. */
    private long usedUpNanos() {
        long wholeNanos = opensAt - run.start();
        boolean isWindow = windowNanos == 0 && opensAt - congestedAt > CLOSURE_OF_WINDOW * wholeNanos;
        return isWindow ? wholeNanos : 0;
    }

    private boolean isTooShort() {
        return pace == null && (opensAt - run.start()) * SHORTEST_RUNS_IN_WINDOW < windowNanos;
    }

    private double mostAtOnce() {
        return Math.min(MOST_AT_ONCE, Math.max(1, firstRun * BURST_SHARE));
    }

    /**
     * A window used up early leaves a long time closed; a short one says that it was the rate itself that was just too high.
     */
    private double ceiling(double rate) {
        if (refusedRate == 0) {
            return Math.max(rate, measured / AGREEMENT);
        }
        return isBrief() ? refusedRate : Math.min(refusedRate, Math.max(rate, refusedRate / 2));
    }

    /** A pace that was let in for a whole window of a known limit isn't too fast, unless it was being tested. */
    private boolean isByOthers() {
        boolean wholeWindow = windowNanos > 0 && openNanos() >= windowNanos;
        return wholeWindow && refusedRate > 0 && refusedRate < growth.ceiling() && isBrief();
    }

    private boolean isBrief() {
        long window = Math.max(windowNanos, foundWindowNanos);
        return opensAt - congestedAt < SHORT_CLOSURE * Math.max(openNanos(), window);
    }

    private long openNanos() {
        return congestedAt - run.start();
    }

    private double callsBeyond() {
        return Math.max(FEWEST_BEYOND, ofWindow());
    }

    private double ofWindow() {
        double calls = windowNanos == 0 ? firstRun : growth.ceiling() * windowNanos;
        return WINDOW_SHARE * Math.min(calls, LARGEST_WINDOW);
    }

    private double callsToNextTest(double rate) {
        double forRounding = rate * PAUSES_BETWEEN_TESTS * roundedNanos();
        return Math.max(cost.callsToNextTest(), Math.max(ofWindow(), forRounding));
    }

    private long roundedNanos() {
        return Math.min(ROUNDING_NANOS, Math.max(0, opensAt - congestedAt));
    }

    /** Returns the rate at which calls were let in. */
    private double measure(long now) {
        return run.rate(opensAt, idleNanos(now));
    }

    /** Returns for how long calls waited for nothing: while a pace is kept it tells, else the time without any call. */
    private long idleNanos(long now) {
        return pace == null ? restedNanos : pace.idleNanos(now);
    }

    private void keepPace(long now) {
        if (pace != null && !congested) {
            pace.change(growth.value(), now);
        }
    }
}
