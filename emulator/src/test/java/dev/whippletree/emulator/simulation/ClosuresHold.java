package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Failure;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Invariant 1, after a refusal: what a service says is closed isn't tried again before the latest time it said. */
final class ClosuresHold implements Invariant {

    /** The first check comes so soon; later ones need longer. */
    private static final Duration UNTIL_CHECKED = Duration.ofSeconds(1);

    private final Facts facts;

    /** What is closed, each by its name. */
    private final Map<String, Closed> closed = new HashMap<>();

    /** When what was closed for a time nobody knows last closed. */
    private final Map<String, Long> untoldSince = new HashMap<>();

    /** A call decided on at the very moment of the refusal may not have known it. */
    private record Closed(long from, long until) {

        boolean allows(long now) {
            return now <= from || now >= until;
        }

        Closed or(Closed later) {
            return later.until > until ? later : this;
        }
    }

    ClosuresHold(Facts facts) {
        this.facts = facts;
    }

    @Override
    public void sending(Call call) {
        Stream.of(call.connection, organization(call), organization(call) + "/" + call.model)
                .forEach(scope -> check(call, scope));
    }

    private void check(Call call, String scope) {
        Closed wait = closed.get(scope);
        facts.check(
                wait == null || wait.allows(facts.nowNanos),
                "what is closed stays closed",
                () -> "the " + call + " is made although " + scope + " is closed: " + wait);
    }

    @Override
    public void failed(Call call, Failure failure) {
        Optional<Duration> told = failure.retryAfter();
        if (failure.reach() == Reach.PROMPT) {
            return; // It names nothing that is closed.
        }
        switch (failure.kind()) {
            case RATE_LIMITED -> told.ifPresent(wait -> close(scope(call, failure.reach()), wait));
            case QUOTA_EXHAUSTED -> {
                if (told.isPresent()) {
                    close(scope(call, failure.reach()), told.get());
                } else {
                    closeUntold(call, scope(call, failure.reach()));
                }
            }
            case UNAUTHORIZED ->
                // An account that is connected anew is another one: somebody has done something about it.
                closeUntold(call, failure.reach() == Reach.ORGANIZATION ? organization(call) : call.connection);
            case MODEL_UNAVAILABLE, OVERLOADED, UNAVAILABLE, TIMEOUT, TOO_LARGE, FILTERED, REJECTED -> {}
        }
    }

    private void close(String scope, Duration wait) {
        closed.merge(scope, new Closed(facts.nowNanos, facts.nowNanos + wait.toNanos()), Closed::or);
    }

    /** A call that was sent before the scope closed, or the moment it closed, says nothing new. */
    private void closeUntold(Call refused, String scope) {
        if (refused.sentNanos > untoldSince.getOrDefault(scope, Long.MIN_VALUE)) {
            close(scope, UNTIL_CHECKED);
            untoldSince.put(scope, facts.nowNanos);
        }
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
