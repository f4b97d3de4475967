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
 * wrong: one call may try it out when half of it is over, and sooner the more such trials were let in.
 */
final class ClosuresHold implements Invariant {

    private static final long LONG_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int MOST_HALVINGS = 5;

    /** A call that nothing was heard of for so long may be taken to be let in. */
    private static final long LET_IN_NANOS = Duration.ofMillis(100).toNanos();

    private final Facts facts;
    private final Map<String, Closed> closed = new HashMap<>();

    /** From when until when something is closed: calls of the very instant of the refusal may have been decided before it. */
    private record Closed(long fromNanos, long untilNanos) {}

    /** The calls that tried out a wait, by what had refused. */
    private final Map<String, Call> trials = new HashMap<>();

    /** How many calls that tried out a wait weren't refused. */
    private final Map<String, Integer> letIn = new HashMap<>();

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
                            || facts.nowNanos >= end.untilNanos()
                            || isTrial(scope, end, call),
                    "what is closed stays closed",
                    () -> "the " + call + " is made although " + scope + " is closed until "
                            + (end == null ? "" : Duration.ofNanos(end.untilNanos())));
        }
    }

    private boolean isTrial(String scope, Closed closing, Call call) {
        long wait = closing.untilNanos() - closing.fromNanos();
        int halvings = 1 + Math.min(MOST_HALVINGS, letIn.getOrDefault(scope, 0));
        if (scope.equals(call.connection)
                || wait < LONG_NANOS
                || facts.nowNanos < closing.fromNanos() + (wait >> halvings)) {
            return false;
        }
        Call trial = trials.get(scope);
        if (trial == null) {
            trials.put(scope, call);
            return true;
        }
        return trial.ended || facts.nowNanos >= trial.sentNanos + LET_IN_NANOS;
    }

    @Override
    public void failed(Call call, Failure failure) {
        boolean limited = failure.kind() == FailureKind.RATE_LIMITED || failure.kind() == FailureKind.QUOTA_EXHAUSTED;
        if (limited && failure.retryAfter().isPresent()) {
            String scope = scope(call, failure.reach());
            endTrial(scope, call);
            close(scope, failure.retryAfter().get());
        }
        if (failure.kind() == FailureKind.UNAUTHORIZED) {
            close(
                    // An account that is connected anew is another one: somebody has done something about it.
                    failure.reach() == Reach.ORGANIZATION ? organization(call) : call.connection, Duration.ofHours(1));
        }
    }

    private void endTrial(String scope, Call refused) {
        Call trial = trials.remove(scope);
        if (trial != null && trial != refused) {
            letIn.merge(scope, 1, Integer::sum);
        }
    }

    private void close(String scope, Duration wait) {
        Closed now = new Closed(facts.nowNanos, facts.nowNanos + wait.toNanos());
        closed.merge(scope, now, (one, other) -> one.untilNanos() >= other.untilNanos() ? one : other);
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
