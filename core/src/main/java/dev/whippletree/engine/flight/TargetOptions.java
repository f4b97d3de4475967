package dev.whippletree.engine.flight;

import dev.whippletree.engine.pool.Lease;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Route.Allowed;
import dev.whippletree.engine.pool.Route.Tier;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which targets of its route one flight may use, and how often it has tried each. Guarded by the engine's lock. */
public final class TargetOptions {

    private final Allowed allowed;
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
     * How a flight has failed, without calls answered with a limit. Immutable.
     *
     * @param all how often
     * @param counted how many of those are attempts that count
     * @param latestNanos when it last did
     */
    private record Failures(int all, int counted, long latestNanos) {

        static final Failures NONE = new Failures(0, 0, 0);

        /** Returns these and another. Of failures that come of one outage, the first counts. */
        Failures and(Lease lease, boolean outage, long now) {
            boolean again = outage && all > 0 && lease.target().health().isSameOutage(latestNanos, lease.health(), now);
            return new Failures(all + 1, counted + (again ? 0 : 1), now);
        }
    }

    /**
     * Flights with equal keys may use the same targets. Immutable; the sets are copies.
     *
     * @param route their route
     * @param eligibleTiers how many of its tiers they may use
     * @param allowed what their prompts allow
     * @param barred targets they must not use
     * @param avoided targets they would rather not use
     * @param yielding targets that they leave it to others to try out
     */
    record Key(
            Route route,
            int eligibleTiers,
            Allowed allowed,
            Set<Target> barred,
            Set<Target> avoided,
            Set<Target> yielding) {}

    TargetOptions(Route route, Allowed allowed) {
        this.route = route;
        this.allowed = allowed;
    }

    public Key key() {
        return new Key(route, eligibleTiers, allowed, Set.copyOf(barred), Set.copyOf(avoided), Set.copyOf(yielding));
    }

    Allowed allowed() {
        return allowed;
    }

    /** The flight must not use a target any more. */
    public void bar(Target target) {
        barred.add(target);
    }

    /** A target refused the flight without naming anything; the flight must not use it any more. */
    void refusedBy(Target target) {
        refusing.add(target);
        bar(target);
    }

    /** Returns the targets that refused the flight without naming anything. */
    public Set<Target> refusing() {
        return refusing;
    }

    /** The flight uses a target only if there is no other. */
    void avoid(Target target) {
        avoided.add(target);
    }

    /** The flight uses a target and its equals only if there is no other tier. */
    void avoidTierOf(Target target) {
        route.tiers().stream()
                .filter(tier -> tier.targets().contains(target))
                .forEach(tier -> avoided.addAll(tier.targets()));
    }

    /** Returns whether a target of another tier may take the flight if this one is silent. */
    boolean hasFallback(Target target, long now) {
        return route.tiers().stream()
                .filter(tier -> !tier.targets().contains(target))
                .flatMap(tier -> tier.targets().stream())
                .anyMatch(
                        other -> mayUse(other) && !avoided.contains(other) && other.openingNanos(now) != Waits.UNKNOWN);
    }

    /** Counts a timeout, which may come of the outage that an earlier one of any target came of; returns how many count. */
    int countTimeout(Lease lease, boolean outage, long now) {
        timeouts = timeouts.and(lease, outage, now);
        return timeouts.counted;
    }

    /**
     * Counts a failed attempt on its target.
     *
     * @param outage whether it may come of one
     */
    void countAttempt(Lease lease, boolean outage, long now) {
        Failures before = failures.getOrDefault(lease.target(), Failures.NONE);
        failures.put(lease.target(), before.and(lease, outage, now));
    }

    /** The flight leaves it to others to try a target out, should that be necessary: it may have failed there for what it is. */
    void yieldTrialsOf(Target target) {
        yielding.add(target);
    }

    /** Returns whether others try a target out before the flight does. */
    public boolean yields(Target target) {
        return yielding.contains(target);
    }

    /** Counts a call that a limit refused; returns how many there were. */
    int countRefusal(Target target) {
        return refusals.merge(target, 1, Integer::sum);
    }

    /** Returns how many attempts on a target have failed, without calls answered with a limit. */
    public int failuresOn(Target target) {
        return failures.getOrDefault(target, Failures.NONE).all;
    }

    /** Returns how many of those count against the flight. */
    int attemptsOn(Target target) {
        return failures.getOrDefault(target, Failures.NONE).counted;
    }

    /** Returns whether the flight may use a target at all. */
    boolean mayUse(Target target) {
        return !barred.contains(target) && allowed.has(target);
    }

    /** Makes one more tier eligible; after the last one, the targets that are avoided. */
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

    /** Returns how many tiers are eligible. */
    public int tiers() {
        return Math.min(eligibleTiers, route.tiers().size());
    }

    /** Returns the targets of one tier that the flight may use now. */
    public Tier ofTier(int tier) {
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
        return new Tier(targets);
    }

    /** Returns the targets of all eligible tiers that the flight may use now. */
    public List<Target> eligible() {
        List<Target> targets = new ArrayList<>();
        for (int tier = 0; tier < tiers(); tier++) {
            targets.addAll(ofTier(tier).targets());
        }
        return targets;
    }

    /** Returns the targets that the flight may use at all, of whatever tier. */
    public List<Target> ever() {
        return mayUseAll()
                ? route.targets()
                : route.targets().stream().filter(this::mayUse).toList();
    }

    private boolean mayUseAll() {
        return barred.isEmpty() && avoided.isEmpty() && allowed.all();
    }

    /** What is avoided is used once all else was waited for, or if there is nothing else. */
    private boolean usesAvoided() {
        return avoided.isEmpty()
                || eligibleTiers > route.tiers().size()
                || route.targets().stream().noneMatch(target -> mayUse(target) && !avoided.contains(target));
    }

    /** Goes on with another form of the route. What is known of targets is kept of those that are still there. */
    public void goOn(Route next) {
        keep(failures, next);
        keep(refusals, next);
        keepThoseOn(next, barred);
        keepThoseOn(next, avoided);
        keepThoseOn(next, yielding);
        keepThoseOn(next, refusing);
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

    /** The account may belong to another organization now, and its targets are others then. */
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
