package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.TokenForecast;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/**
 * Computes anew how many tokens waiting flights reserve, once the forecast has changed. Otherwise a thousand prompts that came at once would keep
 * the reservations from before anything was learned. It takes a few flights at a time, the oldest first, so that the lock is held briefly.
 * Guarded by the engine's lock.
 */
final class DemandRefresh {

    /** More than can begin because of one answer, so that it stays ahead of those that begin. */
    private static final int AT_ONCE = 64;

    private final WaitingLine line;
    private final TokenForecast forecast;
    private final Deque<Flight> outdated = new ArrayDeque<>();

    DemandRefresh(WaitingLine line, TokenForecast forecast) {
        this.line = line;
        this.forecast = forecast;
    }

    /** Asks for a flight what it needs by what is known now. It must not be in the line. */
    void demandAnew(Flight flight) {
        flight.demand(flight.demand().reserving(flight.route(), forecast));
    }

    /** Something else has changed by which all flights have to ask anew. */
    void startOver(Collection<Flight> flights) {
        outdated.clear();
        flights.stream().filter(flight -> flight.ticket().isInLine()).forEach(outdated::add);
    }

    /**
     * Goes on, from the start if what is known has changed by enough since.
     *
     * @param flights those that may wait
     * @return whether any of them now asks for something else
     */
    boolean goOn(Collection<Flight> flights) {
        if (forecast.takeMoved()) {
            startOver(flights);
        }
        boolean renewed = false;
        for (int count = 0; count < AT_ONCE && !outdated.isEmpty(); count++) {
            renewed |= renew(outdated.remove());
        }
        return renewed;
    }

    private boolean renew(Flight flight) {
        if (!flight.ticket().isInLine()) {
            return false;
        }
        Demand demand = flight.demand().reserving(flight.route(), forecast);
        if (demand.asksTheSameAs(flight.demand())) {
            return false;
        }
        line.takeOut(flight.ticket());
        flight.demand(demand);
        line.add(flight.ticket());
        return true;
    }
}
