package dev.whippletree.engine.scope;

import dev.whippletree.engine.scope.LimitRefusal.RateEffect;
import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.limits.learning.AdaptiveRate;
import dev.whippletree.limits.learning.RefusalBackoff;
import dev.whippletree.limits.learning.RefusalCause;
import dev.whippletree.model.Limit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Learns from calls that a scope's service admits and refuses what it doesn't say of its limits: whether it refuses by
 * chance, how long to leave it alone, the rate that nobody states, and what others use. Guarded by the engine's lock.
 */
final class ScopeLearner {

    /** If less than this share of a known limit is used when calls are refused, another limit is the likelier cause. */
    private static final double LEAST_USED = 0.25;

    /**
     * So many calls, or so many windows' calls if that is more, admitted without a refusal show that the known limits
     * are right. A pace that is tested is refused more often.
     */
    private static final long CALLS_TO_TRUST = 1000;

    private static final long WINDOWS_TO_TRUST = 5;

    private final ScopeLimits limits;
    private final RefusalCause cause = new RefusalCause();
    private final RefusalBackoff backoff = new RefusalBackoff();
    private AdaptiveRate rate = new AdaptiveRate();

    /**
     * Whether calls were refused although the known limits of requests had room for them: then a rate is searched
     * besides.
     */
    private boolean doubtsKnown;

    private long admittedSinceRefusal;

    /** Whether it was said that a declared limit seems too high. */
    private boolean warned;

    ScopeLearner(ScopeLimits limits) {
        this.limits = limits;
    }

    void begun(long now) {
        rate.begun(now);
    }

    /** Returns whether the declared and reported limits don't explain all refusals. */
    boolean doubtsKnown() {
        return doubtsKnown;
    }

    /** Returns whether the service has admitted nothing since a limit refused a call. */
    boolean refusesAll() {
        return backoff.refusesAll();
    }

    /** Returns whether the service refused the calls that were to find out if it admits again. */
    boolean refusesStill() {
        return backoff.isHalfOpen();
    }

    void admitted(ScopeUse use, long now) {
        backoff.admitted(use.beganNanos());
        rate.admitted(use.beganNanos(), now);
        cause.admitted(use.beganNanos());
        admittedSinceRefusal++;
        for (LimitCounter counter : limits.counters()) {
            counter.margin().admitted(counter.cost(use.tokens()));
        }
        if (doubtsKnown && admittedSinceRefusal > callsToTrust()) {
            doubtsKnown = false;
            rate = new AdaptiveRate();
            limits.counters().forEach(counter -> counter.margin().reset());
            keepPace();
        }
    }

    private long callsToTrust() {
        long largest =
                known().mapToLong(counter -> counter.quota().amount()).max().orElse(0);
        return Math.max(CALLS_TO_TRUST, WINDOWS_TO_TRUST * largest);
    }

    private Stream<LimitCounter> known() {
        return limits.counters().stream().filter(LimitCounter::isKnownOfRequests);
    }

    /** A limit refused a call. Returns what follows. */
    LimitRefusal refused(RefusedCall call) {
        boolean doubtsTransit =
                limits.counters().stream().anyMatch(counter -> isExceededByAnswers(counter, call.now()));
        Optional<LimitCounter> usedUp =
                call.usedUp().filter(counter -> !counter.margin().isInVain());
        if (usedUp.isPresent()) {
            return refusal(sharedByOthers(usedUp.get(), call), doubtsTransit, RateEffect.UNTOUCHED, Optional.empty());
        }
        OptionalLong again = byChance(call);
        if (again.isPresent()) {
            keepPace();
            return refusal(again.getAsLong(), doubtsTransit, RateEffect.UNTOUCHED, Optional.empty());
        }
        long until = pause(call);
        Optional<String> refusedAfter = firstRefusedAfter(call);
        RateEffect effect = limited(call, until);
        keepPace();
        return refusal(until, doubtsTransit, effect, refusedAfter);
    }

    private LimitRefusal refusal(long until, boolean doubtsTransit, RateEffect effect, Optional<String> refusedAfter) {
        return new LimitRefusal(until, backoff.isHalfOpen(), doubtsTransit, effect, refusedAfter);
    }

    /**
     * Returns how much of the most-used declared limit was used when a call was refused, the first time and if it is
     * enough to tell.
     */
    private Optional<String> firstRefusedAfter(RefusedCall call) {
        if (warned) {
            return Optional.empty();
        }
        long now = call.now();
        Optional<LimitCounter> mostUsed = mostUsed(limits.counters().stream().filter(LimitCounter::isDeclared), now)
                .filter(counter -> isTelling(counter, now));
        warned = mostUsed.isPresent();
        return mostUsed.map(counter ->
                Math.max(0, counter.used(now) - counter.cost(call.use().tokens())) + " of "
                        + new Limit(
                                counter.unit(),
                                counter.quota().amount(),
                                counter.quota().window().orElseThrow()));
    }

    private static Optional<LimitCounter> mostUsed(Stream<LimitCounter> counters, long now) {
        return counters.min(Comparator.comparingDouble(counter -> counter.headroom(now)));
    }

    private static boolean isTelling(LimitCounter counter, long now) {
        return counter.headroom(now) <= 1 - LEAST_USED;
    }

    private static boolean isExceededByAnswers(LimitCounter counter, long now) {
        return counter.quota() instanceof SlidingWindow window && window.isExceededByAnswers(now);
    }

    /**
     * The refusal reports which limit is used up, so it shows nothing of another one. If that seemed to have room,
     * others use it too.
     */
    private long sharedByOthers(LimitCounter counter, RefusedCall call) {
        if (call.foundRoom()) {
            counter.margin()
                    .refused(counter.cost(call.use().tokens()), counter.quota().amount());
        }
        rate.setAside(call.begun());
        return pause(call);
    }

    /**
     * Returns when to ask again if a refusal is taken for chance; empty if it is a limit's, as each that says how long
     * to wait is.
     */
    private OptionalLong byChance(RefusedCall call) {
        if (call.retryAfter().isPresent()) {
            return OptionalLong.empty();
        }
        cause.took(call.tookNanos());
        long survived = survivors(call).max().orElse(Long.MIN_VALUE);
        if (!cause.hasAdmitted(survived)) {
            return OptionalLong.of(nothingAdmittedYet(call));
        }
        boolean paced = rate.pace().isPresent();
        switch (cause.refused(call.begun(), survived, paced, call.now())) {
            case LIMIT -> {
                return OptionalLong.empty();
            }
            case UNCLEAR -> rate = slower(call);
            case PROVEN_CHANCE -> rate = new AdaptiveRate();
            case CHANCE -> {}
        }
        rate.setAside(call.begun());
        return OptionalLong.of(call.now());
    }

    /**
     * As long as nothing was ever admitted there is neither a share that is refused by chance nor a rate, only a pause.
     */
    private long nothingAdmittedYet(RefusedCall call) {
        if (call.others().length > 0) {
            rate.setAside(call.begun());
        } else {
            rate = new AdaptiveRate();
        }
        return backoff.refused(call.begun(), OptionalLong.empty(), OptionalDouble.empty(), call.jitter(), call.now());
    }

    /** Returns when the calls under way began that no limit can have refused any more. */
    private LongStream survivors(RefusedCall call) {
        long certain = call.now() - cause.certainNanos();
        return Arrays.stream(call.others()).filter(begun -> begun <= certain);
    }

    /**
     * Returns a rate a tenth below that of the calls admitted since the doubt began; calls as good as admitted count.
     */
    private AdaptiveRate slower(RefusedCall call) {
        long since = cause.doubtedSince();
        double admitted = cause.admittedSinceDoubt();
        long surviving = survivors(call).filter(begun -> begun >= since).count();
        long nanos = Math.max(1, call.now() - cause.certainNanos() - since);
        return AdaptiveRate.below((admitted + surviving) / nanos, admitted, call.now());
    }

    /** Leaves the scope alone after a limit refused a call. Returns until when. */
    private long pause(RefusedCall call) {
        if (call.retryAfter().isPresent()) {
            // Calls under way for twice as long as a refusal takes show that a pause was long enough: answers come
            // later.
            Arrays.stream(call.others())
                    .filter(begun -> call.now() - begun > 2 * call.tookNanos())
                    .forEach(backoff::admitted);
        }
        admittedSinceRefusal = 0;
        OptionalDouble perNano =
                rate.pace().map(pace -> OptionalDouble.of(pace.perNano())).orElseGet(OptionalDouble::empty);
        return backoff.refused(call.begun(), call.retryAfter(), perNano, call.jitter(), call.now());
    }

    private RateEffect limited(RefusedCall call, long until) {
        if (!doubtsKnown && limits.knowRequests()) {
            doubtsKnown = true;
            rate = searchBelow(until, call);
        }
        boolean kept = rate.pace().isPresent();
        if (kept && call.crowded()) {
            rate.setAside(call.begun());
            return RateEffect.KEPT;
        }
        rate.refused(call.begun(), call.now(), until, call.retryAfter().isPresent());
        if (kept) {
            return RateEffect.KEPT;
        }
        return rate.pace().isPresent() ? RateEffect.UNTOUCHED : RateEffect.UNKNOWN;
    }

    /**
     * Starts a rate search below the most-used declared limit; without a first measurement if less than a quarter is
     * used, since another limit refuses then.
     */
    private AdaptiveRate searchBelow(long until, RefusedCall call) {
        long now = call.now();
        if (mostUsed(known(), now).filter(counter -> isTelling(counter, now)).isEmpty()) {
            return new AdaptiveRate();
        }
        return mostUsed(known().filter(LimitCounter::isDeclared), now)
                .map(counter -> searchBelow(counter, until, call))
                .orElseGet(AdaptiveRate::new);
    }

    private static AdaptiveRate searchBelow(LimitCounter counter, long until, RefusedCall call) {
        long windowNanos = counter.quota().window().orElseThrow().toNanos();
        long admitted = Math.max(0, counter.used(call.now()) - call.others().length);
        double perNano = (double) admitted / Math.max(1, until - call.now() + windowNanos);
        return new AdaptiveRate(perNano, windowNanos);
    }

    /** A rate that was found by trial is kept like any other limit, as long as it is thought to be one. */
    private void keepPace() {
        limits.keep(rate.pace().orElse(null));
    }
}
