package dev.whippletree.engine;

import dev.whippletree.engine.Readiness.Look;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.TargetOptions;
import dev.whippletree.engine.line.Eligibility;
import dev.whippletree.engine.line.Lane;
import dev.whippletree.engine.line.Ticket;
import dev.whippletree.engine.pool.Route.TargetTier;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The targets that a lane's flights may use, and what is known about when they will be ready. Guarded by the engine's
 * lock.
 */
final class LaneTargets implements Eligibility {

    private final List<TargetTier> tiers;
    private final Set<Target> eligible = new HashSet<>();
    private final List<Target> ever;
    private final boolean canWiden;
    private final Map<Limit.Unit, Readiness> smallestBlocked = new EnumMap<>(Limit.Unit.class);
    private @Nullable Readiness firstBlocked;

    private LaneTargets(TargetOptions options, boolean absent) {
        this.ever = options.ever();
        this.canWiden = options.canWiden();
        this.tiers = new ArrayList<>(1);
        for (int tier = 0; tier < options.tiers(); tier++) {
            tiers.add(options.ofTier(tier));
        }
        if (!absent) { // A kept turn uses no target.
            tiers.forEach(tier -> eligible.addAll(tier.targets()));
        }
    }

    /** Returns the targets of a new lane, by its first ticket. */
    static LaneTargets openedBy(Ticket ticket) {
        return new LaneTargets(Flight.of(ticket).options(), ticket.isAbsent());
    }

    static LaneTargets of(Lane lane) {
        return (LaneTargets) lane.eligibility();
    }

    boolean has(Target target) {
        return eligible.contains(target);
    }

    /** Returns whether widening would make more targets eligible for its flights. */
    boolean canWiden() {
        return canWiden;
    }

    /** Returns the targets that its flights may use at all, of whatever tier. */
    List<Target> ever() {
        return ever;
    }

    @Override
    public boolean meets(Eligibility other) {
        return eligible.stream().anyMatch(((LaneTargets) other).eligible::contains);
    }

    @Override
    public boolean tokensBind(TokenCount usual) {
        return !ever.isEmpty() && ever.stream().allMatch(target -> target.tokensBind(usual));
    }

    /** Looks for targets for the lane's first flight, as {@link Readiness#at} does. */
    Readiness lookFor(Flight first, Look look) {
        Readiness readiness = Readiness.at(tiers, canWiden, first, firstBlocked, look);
        firstBlocked = readiness.toRemember(firstBlocked);
        return readiness;
    }

    Readiness lookForSmallest(Limit.Unit unit, Flight smallest, Look look) {
        Readiness readiness = Readiness.at(tiers, canWiden, smallest, smallestBlocked.get(unit), look);
        smallestBlocked.compute(unit, (same, before) -> readiness.toRemember(before));
        return readiness;
    }
}
