package dev.whippletree.engine.scope;

import dev.whippletree.engine.scope.Refusal.Rate;
import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.limits.learning.RateSearch;
import dev.whippletree.model.Limit;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Learns what refusals show: which limits are smaller than declared, which ones others use too, for how long to leave a scope alone, and
 * the rate that nobody told. Guarded by the engine's lock.
 */
final class RefusalLearner implements ScopeLearner {

    /** A limit that refuses calls although less than this share of it is used would have to be cut to that: another one is likelier. */
    private static final double LEAST_USED_OF_TOO_HIGH = 0.25;

    private final Refusals refusals = new Refusals();

    @Override
    public void begun(boolean first, long now) {
        refusals.begun(first, now);
    }

    @Override
    public void rest(long now) {
        refusals.rest(now);
    }

    @Override
    public boolean doubtsLimits() {
        return refusals.doubtLimits();
    }

    @Override
    public boolean refusesAll() {
        return refusals.refuseAll();
    }

    @Override
    public boolean refusesStill() {
        return refusals.refuseStill();
    }

    @Override
    public void letIn(ScopeUse use, ScopeLimits limits, long now) {
        refusals.letIn(use.beganNanos(), now);
        for (Meter meter : limits.meters()) {
            meter.margin().letIn(meter.cost(use.tokens()));
        }
        if (refusals.doubtLimits() && refusals.trustAgain(slowestKnown(limits), largestKnown(limits))) {
            limits.meters().forEach(meter -> meter.margin().reset());
            keepPace(limits);
        }
    }

    /** Returns the requests a nanosecond that the declared and reported limits allow. */
    private static double slowestKnown(ScopeLimits limits) {
        return known(limits)
                .map(Meter::quota)
                .filter(quota ->
                        quota.window().filter(window -> !window.isZero()).isPresent())
                .mapToDouble(quota ->
                        (double) quota.amount() / quota.window().orElseThrow().toNanos())
                .min()
                .orElse(Double.MAX_VALUE);
    }

    private static long largestKnown(ScopeLimits limits) {
        return known(limits).mapToLong(meter -> meter.quota().amount()).max().orElse(0);
    }

    private static Stream<Meter> known(ScopeLimits limits) {
        return limits.meters().stream().filter(Meter::isKnownOfRequests);
    }

    @Override
    public Refusal refused(RefusedCall call, ScopeLimits limits) {
        boolean doubtsTransit = limits.meters().stream().anyMatch(meter -> isExceededByAnswers(meter, call.now()));
        Optional<Meter> usedUp = call.usedUp().filter(meter -> !meter.margin().isInVain());
        if (usedUp.isPresent()) {
            long until = usedUp(usedUp.get(), call);
            return new Refusal(until, refusals.refuseStill(), doubtsTransit, Rate.UNTOUCHED);
        }
        Rate rate = Rate.UNTOUCHED;
        OptionalLong until = refusals.byChance(call);
        if (until.isEmpty()) {
            until = OptionalLong.of(refusals.pause(call));
            rate = limited(call, until.getAsLong(), limits);
        }
        keepPace(limits);
        return new Refusal(until.getAsLong(), refusals.refuseStill(), doubtsTransit, rate);
    }

    private static boolean isExceededByAnswers(Meter meter, long now) {
        return meter.quota() instanceof SlidingWindow window && window.isExceededByAnswers(now);
    }

    /** The refusal says which limit is used up, so it shows nothing of another one. If that had seemed to have room, others use it too. */
    private long usedUp(Meter meter, RefusedCall call) {
        if (call.foundRoom()) {
            meter.margin()
                    .refused(meter.cost(call.use().tokens()), meter.quota().amount());
        }
        refusals.setAside(call);
        return refusals.pause(call);
    }

    private Rate limited(RefusedCall call, long until, ScopeLimits limits) {
        if (!refusals.doubtLimits() && limits.knowRequests()) {
            if (usedMost(limits, call.now()) < LEAST_USED_OF_TOO_HIGH) {
                refusals.suspectAnotherLimit();
            } else {
                refusals.doubtLimits(searchBelow(until, call, limits));
            }
        }
        boolean kept = refusals.pace().isPresent();
        if (kept && call.crowded()) {
            refusals.setAside(call);
            return Rate.KEPT;
        }
        refusals.exceeded(call, until);
        if (kept) {
            return Rate.KEPT;
        }
        return refusals.pace().isPresent() ? Rate.UNTOUCHED : Rate.UNKNOWN;
    }

    /** Returns the largest share that is used of a declared or reported limit of requests. */
    private static double usedMost(ScopeLimits limits, long now) {
        return known(limits).mapToDouble(meter -> 1 - meter.headroom(now)).max().orElse(0);
    }

    /** Returns a search for what is left by a limit that is refused although it has room: that of which most is used. */
    private static RateSearch searchBelow(long until, RefusedCall call, ScopeLimits limits) {
        long now = call.now();
        return limits.meters().stream()
                .filter(meter -> meter.isDeclared() && meter.unit() == Limit.Unit.REQUESTS)
                .min(Comparator.comparingDouble(meter -> meter.headroom(now)))
                .map(Meter::quota)
                .map(quota -> RateSearch.within(
                        quota.window().orElseThrow().toNanos(),
                        quota.amount() - quota.left(now) - call.others().length,
                        until,
                        now))
                .orElseGet(RateSearch::new);
    }

    /** A rate that was found by trial is kept like any other limit, as long as it is thought to be one. */
    private void keepPace(ScopeLimits limits) {
        limits.keep(refusals.pace().orElse(null));
    }
}
