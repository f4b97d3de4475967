package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.pool.Change;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import org.jspecify.annotations.Nullable;

/**
 * Cached: no target of a lane is ready before {@code until}, unless something happens to one of the targets. Immutable.
 *
 * @param flight the flight
 * @param tokensMatter whether it depends on how many tokens a flight asks for
 * @param apartMatters whether a limit counts input or output tokens alone
 * @param until on the engine's clock, when the targets have to be looked at again
 * @param shortest the shortest wait of any target
 * @param since when {@code shortest} was found
 * @param eventual whether a target may be ready at any moment, such as when an attempt on it ends
 * @param onlyEvents whether all of them have to await an event, whatever a flight asks for
 * @param soonest the target that has it; null if none will ever take the flight
 */
record Blockage(
        Flight flight,
        boolean tokensMatter,
        boolean apartMatters,
        long until,
        long shortest,
        long since,
        boolean eventual,
        boolean onlyEvents,
        @Nullable Target soonest) {

    /** Returns whether it still says all about those targets that a change doesn't concern. */
    boolean outlasts(Change change, long now) {
        boolean soonestStands = soonest == null || !Waits.isKnown(shortest) || !change.concerns(soonest);
        return !change.everything() && soonestStands && now < until;
    }

    /** Returns whether another flight of the lane is held up in the same way. */
    boolean holds(Flight other) {
        return !tokensMatter
                || other == flight
                || (other.asksAlikeEverywhere()
                        && flight.asksAlikeEverywhere()
                        && other.mostTokens().equals(flight.mostTokens()));
    }

    /** Returns the shortest wait as it is now. */
    long waitNanos(long now) {
        return Waits.isKnown(shortest) ? shortest - (now - since) : shortest;
    }
}
