package dev.whippletree.engine.flight;

import dev.whippletree.engine.pool.Lease;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Route.TargetFilter;
import dev.whippletree.engine.pool.Route.TargetTier;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The targets of its route that a flight may use, and how often it has tried each. Guarded by the engine's lock. */
public final class TargetOptions {

    private final TargetFilter allowed;
    private final Map<Target, Failures> failures = new HashMap<>(0);
    private final Map<Target, Integer> refusals = new HashMap<>(0);
    private final Set<Target> barred = new HashSet<>(0);
    private final Set<Target> avoided = new HashSet<>(0);
    private final Set<Target> yielding = new HashSet<>(0);
    private Failures timeouts = Failures.NONE;
    private final Set<Target> refusing = new HashSet<>(0);
    private Route route;
    private int eligibleTiers = 1;

    /**
     * A flight's failures, without refusals by limits. Immutable.
     *
     * @param all how often
     * @param counted how many count as attempts
     * @param latestNanos when the last one happened
     */
    private record Failures(int all, int counted, long latestNanos) {

        static final Failures NONE = new Failures(0, 0, 0);

        /** Returns these and one more. Of several failures in one outage, only the first counts. */
        Failures and(Lease lease, boolean outage, long now) {
            boolean again = outage && all > 0 && lease.target().health().isSameOutage(latestNanos, lease.health(), now);
            return new Failures(all + 1, counted + (again ? 0 : 1), now);
        }
    }

    /**
     * Flights with equal keys may use the same targets. Immutable; the sets are copies.
     *
     * @param eligibleTiers how many of its tiers they may use
     * @param allowed the targets that their prompts allow
     * @param barred targets they must not use
     * @param avoided targets that they use last
     * @param yielding targets that others try out first
     */
    record TargetOptionsKey(
            Route route,
            int eligibleTiers,
            TargetFilter allowed,
            Set<Target> barred,
            Set<Target> avoided,
            Set<Target> yielding) {}

    TargetOptions(Route route, TargetFilter allowed) {
        this.route = route;
        this.allowed = allowed;
    }

    public TargetOptionsKey key() {
        return new TargetOptionsKey(
                route, eligibleTiers, allowed, Set.copyOf(barred), Set.copyOf(avoided), Set.copyOf(yielding));
    }

    TargetFilter allowed() {
        return allowed;
    }

    public void bar(Target target) {
        barred.add(target);
    }

    /** Forbids a target whose refusal named nothing. */
    void refusedBy(Target target) {
        refusing.add(target);
        bar(target);
    }

    public Set<Target> refusing() {
        return refusing;
    }

    /** Uses a target only if there is no other. */
    void avoid(Target target) {
        avoided.add(target);
    }

    /** Uses a target and its equals only if there is no other tier. */
    void avoidTierOf(Target target) {
        route.tiers().stream()
                .filter(tier -> tier.targets().contains(target))
                .forEach(tier -> avoided.addAll(tier.targets()));
    }

    /** Returns whether another tier has an open target in case this one stays silent. */
    boolean hasFallback(Target target, long now) {
        return route.tiers().stream()
                .filter(tier -> !tier.targets().contains(target))
                .flatMap(tier -> tier.targets().stream())
                .anyMatch(
                        other -> mayUse(other) && !avoided.contains(other) && other.openingNanos(now) != Waits.UNKNOWN);
    }

    /** Counts a timeout. Returns how many count: several in one outage count once. */
    int countTimeout(Lease lease, boolean outage, long now) {
        timeouts = timeouts.and(lease, outage, now);
        return timeouts.counted;
    }

    /** Counts a failed attempt on its target, which may be due to an outage. */
    void countAttempt(Lease lease, boolean outage, long now) {
        Failures before = failures.getOrDefault(lease.target(), Failures.NONE);
        failures.put(lease.target(), before.and(lease, outage, now));
    }

    /** Lets others try out a target first, because the flight may fail there by its own fault. */
    void yieldTrialsOf(Target target) {
        yielding.add(target);
    }

    /** Returns whether others try out a target first. */
    public boolean yields(Target target) {
        return yielding.contains(target);
    }

    /** Counts a refusal by a limit. Returns how many there were. */
    int countRefusal(Target target) {
        return refusals.merge(target, 1, Integer::sum);
    }

    /** Returns the failed attempts on a target, without refusals by limits. */
    public int failuresOn(Target target) {
        return failures.getOrDefault(target, Failures.NONE).all;
    }

    int attemptsOn(Target target) {
        return failures.getOrDefault(target, Failures.NONE).counted;
    }

    boolean mayUse(Target target) {
        return !barred.contains(target) && allowed.has(target);
    }

    /** Makes one more tier eligible; after the last one, also the avoided targets. */
    public void widen() {
        eligibleTiers++;
    }

    /** Returns whether widening would make more targets eligible. */
    public boolean canWiden() {
        int tiers = route.tiers().size();
        return eligibleTiers < tiers || (eligibleTiers == tiers && !avoided.isEmpty());
    }

    boolean hasAllTiers() {
        return eligibleTiers >= route.tiers().size();
    }

    public int tiers() {
        return Math.min(eligibleTiers, route.tiers().size());
    }

    /** Returns the targets of one tier that the flight may use now. */
    public TargetTier ofTier(int tier) {
        if (mayUseAll()) {
            return route.tiers().get(tier);
        }
        boolean avoidedToo = usesAvoided();
        List<Target> targets = new ArrayList<>();
        for (Target target : route.tiers().get(tier).targets()) {
            if (mayUse(target) && (avoidedToo || !avoided.contains(target))) {
                targets.add(target);
            }
        }
        return new TargetTier(targets);
    }

    /** Returns the targets of all eligible tiers that the flight may use now. */
    public List<Target> eligible() {
        List<Target> targets = new ArrayList<>();
        for (int tier = 0; tier < tiers(); tier++) {
            targets.addAll(ofTier(tier).targets());
        }
        return targets;
    }

    /** Returns the targets of all tiers that the flight may ever use. */
    public List<Target> ever() {
        return mayUseAll()
                ? route.targets()
                : route.targets().stream().filter(this::mayUse).toList();
    }

    private boolean mayUseAll() {
        return barred.isEmpty() && avoided.isEmpty() && allowed.all();
    }

    /** Avoided targets are used once everything else was waited for, or if there is nothing else. */
    private boolean usesAvoided() {
        return avoided.isEmpty()
                || eligibleTiers > route.tiers().size()
                || route.targets().stream().noneMatch(target -> mayUse(target) && !avoided.contains(target));
    }

    /** Switches to the changed route. Keeps what is known about targets that still exist. */
    public void goOn(Route next) {
        keep(failures, next);
        keep(refusals, next);
        keepThoseOn(next, barred);
        keepThoseOn(next, avoided);
        keepThoseOn(next, yielding);
        if (!next.settings().tiers().equals(route.settings().tiers())) {
            eligibleTiers = 1;
        }
        route = next;
    }

    private static void keepThoseOn(Route next, Set<Target> targets) {
        List<Target> before = List.copyOf(targets);
        targets.clear();
        before.forEach(target -> onRoute(target, next).ifPresent(targets::add));
    }

    /** A target whose account has moved to another organization is another object. */
    private static Optional<Target> onRoute(Target target, Route next) {
        return next.targets().stream()
                .filter(other ->
                        other.account() == target.account() && other.model().equals(target.model()))
                .findFirst();
    }

    private static <T> void keep(Map<Target, T> counts, Route next) {
        Map<Target, T> counted = Map.copyOf(counts);
        counts.clear();
        counted.forEach((target, count) -> onRoute(target, next).ifPresent(there -> counts.put(there, count)));
    }
}
