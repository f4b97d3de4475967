package dev.whippletree.engine;

import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Route;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Moves flights to the new forms of their routes after a reload. Guarded by the engine's lock.
 *
 * <p>A flight keeps its turn in the line. If its new route has targets whose provider hasn't been asked what the prompt takes, the flight goes through
 * the entrance again, because plugins can't be asked under the lock, and then back to its turn.
 */
final class ReloadMigration {

    private ReloadMigration() {}

    /** Where a flight goes that has been taken out of the line. */
    enum Where {
        /** Through the entrance again. */
        ENTRANCE,
        /** Nowhere: it has no target any more. */
        NOWHERE,
        /** To its turn. */
        BACK_IN_LINE
    }

    /** A flight that has been taken out of the line, and where it goes. */
    record Move(Flight flight, Where where) {}

    /** Gives flights their new routes, and returns where those go that waited, in their turn. */
    static List<Move> reroute(Collection<Flight> flights, Pool pool, WaitingLine line) {
        List<Move> moves = new ArrayList<>();
        for (Flight flight : line.inTurn(flights)) {
            next(flight, pool).ifPresent(next -> {
                line.takeOut(flight);
                flight.goOn(next);
                moves.add(new Move(flight, where(flight)));
            });
        }
        for (Flight flight : flights) {
            if (isOnItsWay(flight)) {
                next(flight, pool).ifPresent(flight::goOn);
            }
        }
        return moves;
    }

    /** Returns a flight's new route, if it has one. */
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

    private static Where where(Flight flight) {
        if (!flight.demand().covers(flight.route())) {
            return Where.ENTRANCE;
        }
        return flight.options().ever().isEmpty() ? Where.NOWHERE : Where.BACK_IN_LINE;
    }
}
