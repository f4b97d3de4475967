package dev.whippletree.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Lets flights go on by what has become of their routes. Guarded by the engine's lock.
 *
 * <p>A flight keeps its turn in the line. Where its new route has targets of a kind whose provider hasn't been asked yet what the
 * prompt takes, it goes through the entrance again, since plugins can't be asked under the lock, and from there back to its turn.
 */
final class Rerouting {

    private final WaitingLine line;
    private final Renewal renewal;
    private final Consumer<Flight> entrance;
    private final BiConsumer<Flight, Long> stranded;

    /**
     * Creates one.
     *
     * @param entrance sends a flight through the entrance again
     * @param stranded ends a flight that has no target any more
     */
    Rerouting(WaitingLine line, Renewal renewal, Consumer<Flight> entrance, BiConsumer<Flight, Long> stranded) {
        this.line = line;
        this.renewal = renewal;
        this.entrance = entrance;
        this.stranded = stranded;
    }

    /** Sends flights on: in their turn, so that those that go through the entrance come back in that order. */
    void reroute(Collection<Flight> flights, Pool pool, long now) {
        List<Flight> inTurn = new ArrayList<>(flights);
        inTurn.sort(Flight.IN_TURN);
        for (Flight flight : inTurn) {
            Route before = flight.route();
            Route next = pool.route(Optional.of(before.name())).orElseGet(before::closed);
            if (next != before) {
                goOn(flight, next, now);
            }
        }
    }

    private void goOn(Flight flight, Route next, long now) {
        switch (flight.stage()) {
            case WAITING -> {
                line.takeOut(flight);
                flight.goOn(next);
                takeBack(flight, now);
            }
            case LOOKING_UP, ATTEMPTING, PAUSING -> flight.goOn(next);
            case STORING, ENDED -> {}
        }
    }

    private void takeBack(Flight flight, long now) {
        if (!flight.demand().covers(flight.route())) {
            entrance.accept(flight);
        } else if (Candidates.ever(flight).isEmpty()) {
            stranded.accept(flight, now);
        } else {
            renewal.demandAnew(flight);
            line.add(flight);
        }
    }
}
