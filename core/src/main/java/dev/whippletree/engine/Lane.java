package dev.whippletree.engine;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Waiting flights that may use the same targets, so that what holds up the first of them holds up all that ask no less. Guarded
 * by the engine's lock.
 */
final class Lane {

    /** By turn; of the same turn, the one that came first. */
    static final Comparator<Flight> IN_TURN =
            Comparator.comparingDouble(Flight::turn).thenComparingLong(Flight::order);

    private static final Comparator<Flight> SMALLEST_FIRST = Comparator.<Flight>comparingLong(
                    flight -> flight.demand().mostTokens())
            .thenComparing(IN_TURN);

    private final Key key;
    private final TreeSet<Flight> inTurn = new TreeSet<>(IN_TURN);
    private final TreeSet<Flight> bySize = new TreeSet<>(SMALLEST_FIRST);

    /**
     * What flights of one lane have in common. The sets are copies.
     *
     * @param route their route
     * @param eligibleTiers how many of its tiers they may use
     * @param account the only account they may use
     * @param barred targets they must not use
     * @param avoided targets they would rather not use
     */
    record Key(Route route, int eligibleTiers, Optional<String> account, Set<Target> barred, Set<Target> avoided) {

        static Key of(Flight flight) {
            return new Key(
                    flight.route(),
                    flight.eligibleTiers(),
                    flight.prompt().account(),
                    Set.copyOf(flight.barred()),
                    Set.copyOf(flight.avoided()));
        }
    }

    Lane(Key key) {
        this.key = key;
    }

    Key key() {
        return key;
    }

    void add(Flight flight) {
        inTurn.add(flight);
        bySize.add(flight);
    }

    void remove(Flight flight) {
        inTurn.remove(flight);
        bySize.remove(flight);
    }

    boolean isEmpty() {
        return inTurn.isEmpty();
    }

    int size() {
        return inTurn.size();
    }

    /** Returns how many of them go before a flight. */
    int ahead(Flight flight) {
        return inTurn.headSet(flight).size();
    }

    Flight first() {
        return inTurn.first();
    }

    /** Returns the one that asks for the fewest tokens: if it doesn't fit, none does. */
    Flight smallest() {
        return bySize.first();
    }

    Set<Flight> flights() {
        return inTurn;
    }
}
