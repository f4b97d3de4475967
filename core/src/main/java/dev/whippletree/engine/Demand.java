package dev.whippletree.engine;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.Admission.Counting;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt asks of each target of its route, by the word of their providers and by what was learned. Immutable once made: a
 * flight in the waiting line has its place by what it asks, so it gets a new demand only while it is out of it.
 */
final class Demand {

    /** Nothing is known yet. */
    static final Demand NONE = new Demand(Map.of(), Map.of(), Map.of());

    private static final Reservation NOTHING = new Reservation(0, 0);

    private final Map<Target, Admission> admissions;
    private final Map<Target, String> refusals;
    private final Map<Target, Reservation> reservations;
    private final long mostTokens;

    /**
     * What is reserved on a target.
     *
     * @param needed tokens without which the service can't take the prompt
     * @param tokens what is reserved, at least that
     */
    private record Reservation(long needed, long tokens) {

        /** What a completion might need beyond a limit is no reason not to try: the prompt then goes alone. */
        Reservation within(long mostTokens) {
            return tokens <= mostTokens ? this : new Reservation(needed, Math.max(needed, mostTokens));
        }
    }

    private Demand(
            Map<Target, Admission> admissions, Map<Target, String> refusals, Map<Target, Reservation> reservations) {
        this.admissions = admissions;
        this.refusals = refusals;
        this.reservations = reservations;
        this.mostTokens = reservations.values().stream()
                .mapToLong(Reservation::tokens)
                .max()
                .orElse(0);
    }

    /** Asks the providers. Calls plugins, so never under the lock; a plugin that throws refuses. Reserves nothing yet. */
    static Demand of(Prompt prompt, Route route) {
        Map<Target, Admission> admissions = new HashMap<>();
        Map<Target, String> refusals = new HashMap<>();
        for (Target target : route.targets()) {
            try {
                admissions.put(target, target.account().client().admission(prompt, target.model()));
                target.account().client().refuses(prompt, target.model()).ifPresent(why -> refusals.put(target, why));
            } catch (Throwable e) {
                refusals.put(target, "its provider failed: " + e);
            }
        }
        return new Demand(admissions, refusals, Map.of());
    }

    /** Returns the demand with what is to be reserved, as far as is known by now. The lock must be held. */
    Demand reserving(Route route, TokenForecast forecast) {
        Map<Target, Reservation> made = new HashMap<>();
        @Nullable Target before = null;
        Reservation ofBefore = NOTHING;
        for (Target target : route.targets()) {
            Admission admission = admissions.get(target);
            if (admission == null) {
                continue;
            }
            // Most routes are many accounts with one model, for which all is alike but their limits.
            if (before == null || !isLike(before, target)) {
                ofBefore = reservation(route, target, admission, forecast);
                before = target;
            }
            made.put(target, ofBefore.within(smallestLimit(target)));
        }
        return new Demand(admissions, refusals, made);
    }

    private boolean isLike(Target one, Target other) {
        return one.model().equals(other.model())
                && one.account()
                        .settings()
                        .provider()
                        .equals(other.account().settings().provider())
                && admission(one).equals(admission(other));
    }

    private static Reservation reservation(Route route, Target target, Admission admission, TokenForecast forecast) {
        long prompt = forecast.promptTokens(target, admission.promptTokens());
        // Where an estimate was learned to be too small, that may be garbage: it is no reason to refuse a prompt.
        long least = Math.min(prompt, admission.promptTokens());
        long bound = admission.completionBound();
        return admission.counting() == Counting.ON_ENTRY
                ? new Reservation(sum(least, bound), sum(prompt, bound))
                : new Reservation(least, sum(prompt, forecast.completionTokens(route, target, bound)));
    }

    private static long sum(long tokens, long more) {
        return Math.min(tokens, Long.MAX_VALUE / 4) + Math.min(more, Long.MAX_VALUE / 4);
    }

    private static long smallestLimit(Target target) {
        return Math.min(smallestLimit(target.organization()), smallestLimit(target.modelScope()));
    }

    private static long smallestLimit(ScopeState scope) {
        long smallest = Long.MAX_VALUE;
        for (Meter meter : scope.meters()) {
            if (meter.unit() == Limit.Unit.TOKENS) {
                smallest = Math.min(smallest, meter.quota().amount());
            }
        }
        return smallest;
    }

    /** Returns whether another demand of the same flight has the same reserved everywhere. */
    boolean asksTheSameAs(Demand other) {
        return reservations.equals(other.reservations);
    }

    /** Returns why targets can't take the prompt at all. */
    Map<Target, String> refusals() {
        return refusals;
    }

    Admission admission(Target target) {
        return admissions.getOrDefault(target, Admission.NONE);
    }

    /** Returns the tokens to reserve on a target. */
    long tokens(Target target) {
        return reservations.getOrDefault(target, NOTHING).tokens();
    }

    /** Returns the tokens that a limit must allow at least for a target to take the prompt: no more than those to reserve. */
    long neededTokens(Target target) {
        return reservations.getOrDefault(target, NOTHING).needed();
    }

    /** Returns the tokens without which no target can take the prompt. */
    long fewestTokens() {
        return reservations.values().stream()
                .mapToLong(Reservation::needed)
                .min()
                .orElse(0);
    }

    /** Returns the most tokens to reserve on any target. */
    long mostTokens() {
        return mostTokens;
    }

    /** Returns the fewest tokens to reserve on any target. */
    long leastTokens() {
        return reservations.values().stream()
                .mapToLong(Reservation::tokens)
                .min()
                .orElse(0);
    }
}
