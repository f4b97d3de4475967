package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Failure;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Invariant 1, after a refusal: what a service says is closed isn't tried again before the latest time it said, save by trials of long
 * waits for a limit (see {@link ToldWait}). Where a trial was let in, waits are known to be told that many times too long from then on,
 * and are over for all calls so much sooner.
 */
final class ClosuresHold implements Invariant {

    /** The first check comes so soon; later ones need longer. */
    private static final Duration UNTIL_CHECKED = Duration.ofSeconds(1);

    private final Facts facts;

    /** The waits for limits, by what they close. */
    private final Map<String, ToldWait> limits = new HashMap<>();

    /** When what was closed for a time nobody knows last closed. */
    private final Map<String, Long> untoldSince = new HashMap<>();

    /** Those that can't be wrong. */
    private final Map<String, ToldWait> certain = new HashMap<>();

    /** By organization, how many times too long it tells waits. */
    private final Map<String, Double> exaggerations = new HashMap<>();

    ClosuresHold(Facts facts) {
        this.facts = facts;
    }

    @Override
    public void sending(Call call) {
        double exaggeration = exaggerations.getOrDefault(organization(call), 1.0);
        limits.forEach((scope, wait) -> check(call, scope, wait, exaggeration));
        certain.forEach((scope, wait) -> check(call, scope, wait, 1));
        limits.values().forEach(wait -> wait.made(call, facts.nowNanos));
    }

    private void check(Call call, String scope, ToldWait wait, double exaggeration) {
        facts.check(
                wait.allows(call, exaggeration, facts.nowNanos),
                "what is closed stays closed",
                () -> "the " + call + " is made although " + scope + " is closed until "
                        + Duration.ofNanos(wait.endNanos()));
    }

    @Override
    public void failed(Call call, Failure failure) {
        Optional<Duration> told = failure.retryAfter();
        if (failure.reach() == Reach.PROMPT) {
            return; // It names nothing that is closed.
        }
        switch (failure.kind()) {
            case RATE_LIMITED -> told.ifPresent(wait -> limit(call, failure.reach(), wait));
            case QUOTA_EXHAUSTED -> close(call, scope(call, failure.reach()), told);
            case UNAUTHORIZED ->
                // An account that is connected anew is another one: somebody has done something about it.
                close(
                        call,
                        failure.reach() == Reach.ORGANIZATION ? organization(call) : call.connection,
                        Optional.empty());
            case MODEL_UNAVAILABLE, OVERLOADED, UNAVAILABLE, TIMEOUT, TOO_LARGE, FILTERED, REJECTED -> {}
        }
    }

    private void limit(Call refused, Reach reach, Duration told) {
        String organization = organization(refused);
        String scope = scope(refused, reach);
        boolean known = reach != Reach.UNKNOWN;
        Predicate<Call> mayTry = known ? isIn(scope) : isIn(organization);
        ToldWait later = new ToldWait(isIn(scope), mayTry, facts.nowNanos, told.toNanos());
        limits.forEach((other, earlier) -> {
            if (other.equals(organization) || other.startsWith(organization + "/")) {
                exaggerations.merge(organization, earlier.exaggeration(refused, facts.nowNanos), Math::max);
                if (!known || other.equals(scope)) {
                    earlier.meet(later);
                }
            }
        });
        put(limits, scope, later);
    }

    /** Where no time is told, a call that was sent before the scope closed says nothing new. */
    private void close(Call refused, String scope, Optional<Duration> told) {
        if (told.isPresent() || refused.sentNanos >= untoldSince.getOrDefault(scope, Long.MIN_VALUE)) {
            long until = told.orElse(UNTIL_CHECKED).toNanos();
            put(certain, scope, new ToldWait(isIn(scope), call -> false, facts.nowNanos, until));
            if (told.isEmpty()) {
                untoldSince.put(scope, facts.nowNanos);
            }
        }
    }

    private static void put(Map<String, ToldWait> waits, String scope, ToldWait later) {
        waits.merge(scope, later, (earlier, now) -> now.replaces(earlier) ? now : earlier);
    }

    private static Predicate<Call> isIn(String scope) {
        return call -> scope.equals(call.connection)
                || scope.equals(organization(call))
                || scope.equals(organization(call) + "/" + call.model);
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
