package dev.whippletree.engine;

import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Admission;
import java.util.HashMap;
import java.util.Map;

/**
 * What a prompt asks of each target of its route, by the word of their providers. Immutable once made.
 *
 * @param admissions what each target's service counts on entry
 * @param refusals why a target can't take the prompt at all
 */
record Demand(Map<Target, Admission> admissions, Map<Target, String> refusals) {

    /** Nothing is known yet. */
    static final Demand NONE = new Demand(Map.of(), Map.of());

    private static final Admission UNCOUNTED = new Admission(0, 0, false);

    /** Asks the providers. Calls plugins, so never under the lock; a plugin that throws refuses. */
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
        return new Demand(admissions, refusals);
    }

    Admission admission(Target target) {
        return admissions.getOrDefault(target, UNCOUNTED);
    }

    /** Returns the tokens to reserve on a target. */
    long tokens(Target target) {
        return admission(target).tokens();
    }

    /** Returns the most tokens to reserve on any target. */
    long mostTokens() {
        return admissions.values().stream().mapToLong(Admission::tokens).max().orElse(0);
    }

    /** Returns the fewest tokens to reserve on any target. */
    long leastTokens() {
        return admissions.values().stream().mapToLong(Admission::tokens).min().orElse(0);
    }
}
