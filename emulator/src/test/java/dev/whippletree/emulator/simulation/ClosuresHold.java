package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Invariant 1, after a refusal: what a service says is closed isn't tried again before the latest time it said. But a long wait may be
 * wrong: one call at a time may try out from a 64th of it on. Once one that did was let in, waits are known to be told that many times too
 * long, and are over for all calls so much sooner.
 */
final class ClosuresHold implements Invariant {

    private static final long LONG_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long SMALLEST_SHARE = 64;

    /** Waits are told in whole seconds, rounded up, so the end that is told later may be the truer one. */
    private static final long ROUNDING_NANOS = Duration.ofSeconds(1).toNanos();

    /** A call that nothing was heard of for so long may be taken to be let in. */
    private static final long LET_IN_NANOS = Duration.ofMillis(100).toNanos();

    private final Facts facts;
    private final Map<String, Closed> closed = new HashMap<>();

    /**
     * From when until when something is closed, and whether the service said what: calls of the very instant of the refusal may have been
     * decided before it.
     */
    private record Closed(long fromNanos, long untilNanos, boolean named) {

        boolean mayBeTried(long now) {
            return waitNanos() >= LONG_NANOS && now >= fromNanos + waitNanos() / SMALLEST_SHARE;
        }

        /** Of one limit models may be told ends that differ by as much as seconds are rounded: the earlier may be the truer one. */
        long surelyUntilNanos() {
            return named ? untilNanos : untilNanos - ROUNDING_NANOS;
        }

        long waitNanos() {
            return untilNanos - fromNanos;
        }
    }

    /** By what waits that were told may be divided, by what had refused. */
    private final Map<String, Double> exaggerations = new HashMap<>();

    /** The calls that tried out a wait, by what had refused. */
    private final Map<String, Call> trials = new HashMap<>();

    ClosuresHold(Facts facts) {
        this.facts = facts;
    }

    @Override
    public void sending(Call call) {
        for (String scope : List.of(call.connection, organization(call), organization(call) + "/" + call.model)) {
            Closed end = closed.get(scope);
            facts.check(
                    end == null
                            || facts.nowNanos <= end.fromNanos()
                            || facts.nowNanos >= end.surelyUntilNanos()
                            || isTrial(scope, end, call),
                    "what is closed stays closed",
                    () -> "the " + call + " is made although " + scope + " is closed until "
                            + (end == null ? "" : Duration.ofNanos(end.untilNanos())));
        }
        tryOthers(call);
    }

    private boolean isTrial(String scope, Closed closing, Call call) {
        if (scope.equals(call.connection) || !closing.mayBeTried(facts.nowNanos)) {
            return false;
        }
        Call trial = trials.get(scope);
        if (trial == null || trial.ended || !trial.model.equals(call.model)) {
            trials.put(scope, call);
            return true;
        }
        if (facts.nowNanos < trial.sentNanos + LET_IN_NANOS) {
            return facts.nowNanos
                    >= closing.fromNanos() + (long) (closing.waitNanos() / exaggerations.getOrDefault(scope, 1.0));
        }
        exaggerations.merge(scope, (double) closing.waitNanos() / (trial.sentNanos - closing.fromNanos()), Math::max);
        return true;
    }

    /** What closed a model without a name may be the organization's: then a call on another model of it tries it out, as may one on its own. */
    private void tryOthers(Call call) {
        closed.forEach((scope, closing) -> {
            if (!closing.named()
                    && scope.startsWith(organization(call) + "/")
                    && facts.nowNanos > closing.fromNanos()
                    && closing.mayBeTried(facts.nowNanos)) {
                trials.putIfAbsent(scope, call);
            }
        });
    }

    @Override
    public void failed(Call call, Failure failure) {
        boolean limited = failure.kind() == FailureKind.RATE_LIMITED || failure.kind() == FailureKind.QUOTA_EXHAUSTED;
        if (limited && failure.retryAfter().isPresent()) {
            String scope = scope(call, failure.reach());
            trials.remove(scope);
            trials.values().remove(call);
            close(scope, failure.retryAfter().get(), failure.reach() != Reach.UNKNOWN);
        }
        if (failure.kind() == FailureKind.UNAUTHORIZED) {
            close(
                    // An account that is connected anew is another one: somebody has done something about it.
                    failure.reach() == Reach.ORGANIZATION ? organization(call) : call.connection,
                    Duration.ofHours(1),
                    true);
        }
    }

    private void close(String scope, Duration wait, boolean named) {
        Closed now = new Closed(facts.nowNanos, facts.nowNanos + wait.toNanos(), named);
        closed.merge(
                scope,
                now,
                (earlier, later) -> later.untilNanos() >= earlier.untilNanos() - ROUNDING_NANOS ? later : earlier);
    }

    /** Of what the service leaves open, the model is the least that is closed. */
    private static String scope(Call call, Reach reach) {
        return reach == Reach.MODEL || reach == Reach.UNKNOWN
                ? organization(call) + "/" + call.model
                : organization(call);
    }

    private static String organization(Call call) {
        return call.account.organization();
    }
}
