package dev.whippletree.engine;

import dev.whippletree.engine.TurnTree.Before;
import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The flights of one tenant in one lane, by their sessions' turns. Guarded by the engine's lock. */
final class TenantQueue implements Flight.Place {

    /** What a lane's tree reads of each: tenants go by their starts. */
    static final TurnTree.Reading<TenantQueue> IN_LANE = new TurnTree.Reading<>() {

        @Override
        public boolean isBefore(TenantQueue one, TenantQueue other) {
            return one.isBefore(other);
        }

        @Override
        public long number(TenantQueue queue) {
            return queue.tenant.number();
        }

        @Override
        public Before sum(TenantQueue queue) {
            return queue.flights.all();
        }

        @Override
        public Flight smallest(TenantQueue queue, Limit.Unit unit) {
            return Objects.requireNonNull(queue.flights.smallest(unit), "no empty queue is in a lane");
        }

        @Override
        public TokenCount largest(TenantQueue queue) {
            return queue.flights.largest();
        }
    };

    private final Tenant tenant;
    private final Lane lane;
    private final TurnTree<Flight> flights = new TurnTree<>(TurnTree.OF_FLIGHTS);
    private double cost;

    TenantQueue(Tenant tenant, Lane lane) {
        this.tenant = tenant;
        this.lane = lane;
    }

    /** Returns where a flight that waits stands. */
    static TenantQueue of(Flight flight) {
        return (TenantQueue) Objects.requireNonNull(flight.place(), "a flight in line has a place");
    }

    Tenant tenant() {
        return tenant;
    }

    Lane lane() {
        return lane;
    }

    private boolean isBefore(TenantQueue other) {
        double start = start();
        double otherStart = other.start();
        return start != otherStart ? start < otherStart : tenant.number() < other.tenant.number();
    }

    /** Returns where its tenant's next turn of the lane's priority starts. */
    double start() {
        return tenant.start(lane.priority());
    }

    void add(Flight flight) {
        flights.add(flight);
        cost += flight.cost();
    }

    void remove(Flight flight) {
        flights.remove(flight);
        cost = flights.size() == 0 ? 0 : cost - flight.cost();
    }

    int size() {
        return flights.size();
    }

    @Nullable Flight first() {
        return flights.first();
    }

    /** Returns how many of them go before a flight of the same tenant, and what they ask for. */
    Before before(Flight flight) {
        return flights.before(flight);
    }

    /** Returns how many they are, and what they ask for. */
    Before all() {
        return flights.all();
    }

    /** Returns what one of them costs on average. */
    double meanCost() {
        return cost / flights.size();
    }
}
