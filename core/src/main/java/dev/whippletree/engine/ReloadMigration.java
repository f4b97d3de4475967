package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.line.Ticket;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Route;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Moves flights to the new forms of their routes after a reload. Guarded by the engine's lock.
 *
 * <p>A flight keeps its turn in the line. If a new route has targets whose provider hasn't been asked what a waiting
 * prompt takes, all that waited go through the entrance again in turn, because plugins can't be asked under the lock,
 * and then back to their turns.
 */
final class ReloadMigration {

    private ReloadMigration() {}

    /**
     * Gives flights their new routes. Returns those that were waiting, in turn; they are out of the line afterwards.
     */
    static List<Flight> reroute(Collection<Flight> flights, Pool pool, WaitingLine line) {
        List<Flight> waited = new ArrayList<>();
        for (Ticket ticket : line.inTurn(flights.stream().map(Flight::ticket).toList())) {
            Flight flight = Flight.of(ticket);
            next(flight, pool).ifPresent(next -> {
                line.takeOut(ticket);
                flight.goOn(next);
                waited.add(flight);
            });
        }
        for (Flight flight : flights) {
            if (isOnItsWay(flight)) {
                next(flight, pool).ifPresent(flight::goOn);
            }
        }
        return waited;
    }

    private static Optional<Route> next(Flight flight, Pool pool) {
        Route before = flight.route();
        Route next = pool.route(Optional.of(before.name())).orElseGet(before::closed);
        return next == before ? Optional.empty() : Optional.of(next);
    }

    private static boolean isOnItsWay(Flight flight) {
        return switch (flight.stage()) {
            case LOOKING_UP, ATTEMPTING, PAUSING -> true;
            case WAITING, STORING, ENDED -> false;
        };
    }
}
