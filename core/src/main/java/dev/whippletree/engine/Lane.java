package dev.whippletree.engine;

import dev.whippletree.engine.TurnTree.Before;
import dev.whippletree.engine.pool.Change;
import dev.whippletree.engine.pool.ScopeState;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.Tier;
import dev.whippletree.model.Limit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Waiting flights that may use the same targets, so that what holds up the first of them holds up all that ask no less. Guarded
 * by the engine's lock.
 */
final class Lane implements Flight.Place {

    private final TargetOptions.Key key;
    private final List<Tier> tiers = new ArrayList<>(1);
    private final List<Target> ever;
    private final TurnTree waiting = new TurnTree();
    private @Nullable Blockage blockageOfFirst;
    private final Map<Limit.Unit, Blockage> blockagesOfSmallest = new EnumMap<>(Limit.Unit.class);

    /** Creates an empty lane for flights with such options. */
    Lane(TargetOptions.Key key, TargetOptions like) {
        this.key = key;
        this.ever = like.ever();
        for (int tier = 0; tier < like.tiers(); tier++) {
            tiers.add(like.ofTier(tier));
        }
    }

    TargetOptions.Key key() {
        return key;
    }

    /** Returns the targets that its flights may use at all, of whatever tier. */
    List<Target> ever() {
        return ever;
    }

    void add(Flight flight) {
        waiting.add(flight);
    }

    void remove(Flight flight) {
        waiting.remove(flight);
    }

    boolean isEmpty() {
        return waiting.size() == 0;
    }

    int size() {
        return waiting.size();
    }

    /** Returns how many of them go before a flight, and what they ask for. */
    Before before(Flight flight) {
        return waiting.before(flight);
    }

    /** Returns how many they are, and what they ask for. */
    Before all() {
        return waiting.all();
    }

    /** Returns the one whose turn comes first; null if there is none. */
    @Nullable Flight first() {
        return waiting.first();
    }

    /**
     * Returns the one that asks for the fewest tokens of a kind: if it doesn't fit a limit of that kind, none does. Null if there is
     * none.
     */
    @Nullable Flight smallest(Limit.Unit unit) {
        return waiting.smallest(unit);
    }

    /**
     * Looks for targets for its first flight.
     *
     * @param change what has happened since the last time
     * @param earmarks scopes that may be used only as far as that doesn't delay a flight
     */
    Readiness lookFor(Flight first, Change change, Map<ScopeState, Flight> earmarks, long now) {
        Readiness readiness = Readiness.at(tiers, first, blockageOfFirst, change, earmarks, now);
        blockageOfFirst = readiness.blockage();
        return readiness;
    }

    /** Looks for targets for its smallest flight by a unit. */
    Readiness lookForSmallest(
            Limit.Unit unit, Flight smallest, Change change, Map<ScopeState, Flight> earmarks, long now) {
        Readiness readiness = Readiness.at(tiers, smallest, blockagesOfSmallest.get(unit), change, earmarks, now);
        @Nullable Blockage blockage = readiness.blockage();
        if (blockage == null) {
            blockagesOfSmallest.remove(unit);
        } else {
            blockagesOfSmallest.put(unit, blockage);
        }
        return readiness;
    }
}
