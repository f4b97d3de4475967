package dev.whippletree.engine;

import java.util.ArrayList;
import java.util.List;

/** Which targets a flight may use, tier by tier. Guarded by the engine's lock. */
final class Candidates {

    private Candidates() {}

    /** Returns the targets of one tier that a flight may use now. */
    static Tier ofTier(Flight flight, int tier) {
        if (mayUseAll(flight)) {
            return flight.route().tiers().get(tier);
        }
        boolean avoidedToo = usesAvoided(flight);
        List<Target> candidates = new ArrayList<>();
        for (Target target : flight.route().tiers().get(tier).targets()) {
            if (flight.mayUse(target) && (avoidedToo || !flight.avoided().contains(target))) {
                candidates.add(target);
            }
        }
        return new Tier(candidates);
    }

    private static boolean mayUseAll(Flight flight) {
        return flight.barred().isEmpty()
                && flight.avoided().isEmpty()
                && flight.allowed().all();
    }

    /** Returns the targets of all tiers that a flight is eligible for. */
    static List<Target> eligible(Flight flight) {
        List<Target> candidates = new ArrayList<>();
        for (int tier = 0; tier < eligibleTiers(flight); tier++) {
            candidates.addAll(ofTier(flight, tier).targets());
        }
        return candidates;
    }

    /** Returns the targets that a flight may use at all, of whatever tier. */
    static List<Target> ever(Flight flight) {
        if (mayUseAll(flight)) {
            return flight.route().targets();
        }
        return flight.route().targets().stream().filter(flight::mayUse).toList();
    }

    static int eligibleTiers(Flight flight) {
        return Math.min(flight.eligibleTiers(), flight.route().tiers().size());
    }

    /** Returns whether waiting for more targets could help: another tier, or those it would rather avoid. */
    static boolean canWiden(Flight flight) {
        int tiers = flight.route().tiers().size();
        return flight.eligibleTiers() < tiers
                || (flight.eligibleTiers() == tiers && !flight.avoided().isEmpty());
    }

    /** A flight uses what it would rather avoid when it has waited for all else, or when there is nothing else. */
    private static boolean usesAvoided(Flight flight) {
        if (flight.avoided().isEmpty()
                || flight.eligibleTiers() > flight.route().tiers().size()) {
            return true;
        }
        return flight.route().targets().stream()
                .noneMatch(target -> flight.mayUse(target) && !flight.avoided().contains(target));
    }
}
