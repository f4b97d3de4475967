package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.line.Lane;
import dev.whippletree.engine.line.TurnSums;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Capacity;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Priority;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Predicts when there will be room for a flight behind others if nothing else happens: from the known limits, closures
 * and cooldowns, from what the flights ahead need, and from past latencies. Reads the engine's state under its lock.
 *
 * <p>Those ahead are counted, not followed one by one: what they ask is added up, and compared with what there is room
 * for. Those who may use just what the flight may use stand before it there; those who may use a part of it, as far as
 * there is room for them in that part; and together with those who may also use other targets, all stand before it on
 * all of those targets.
 */
final class Forecast {

    private static final long HORIZON_NANOS = Duration.ofDays(2).toNanos();
    private static final long PRECISION_NANOS = Duration.ofMillis(1).toNanos();

    /** A deadline is approached from now: this far first, then {@code STRIDE} times as far each time. */
    private static final long FIRST_LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long STRIDE = 8;

    private final Map<LimitUse, Long> leftForAll;
    private final long now;
    private final List<Queue> queues = new ArrayList<>(2);

    /** Flights ahead of another one on shared targets. */
    private final class Queue {

        private final Collection<Capacity> capacities;
        private final List<Queue> narrower = new ArrayList<>(0);
        private final long flights;
        private final TokenCount meanTokens;
        private final double reserve;
        private final long batch;

        /**
         * Creates a queue of flights that may use all of some targets.
         *
         * @param reserve the share of each limit that the batch flights among them reserve for others, and the one
         *     behind them
         */
        Queue(List<Target> targets, FlightsAhead ahead, TokenCount tokens, double reserve) {
            this.capacities = Capacity.of(targets, leftForAll, now);
            this.flights = ahead.all.tickets();
            this.meanTokens = flights < 0 ? tokens : ahead.all.meanWith(tokens);
            this.reserve = reserve;
            this.batch = ahead.batch;
        }

        /**
         * Returns how many flights are ahead; those restricted to some of the targets count only as far as these have
         * room.
         */
        private long aheadWithin(long nanos) {
            long ahead = flights;
            for (Queue queue : narrower) {
                ahead += Math.min(queue.flights, queue.roomWithin(nanos, queue.flights, 0));
            }
            return ahead;
        }

        /** Returns for how many flights there is room, or any number above {@code enough}. */
        private long roomWithin(long nanos, long enough, double reserve) {
            long room = 0;
            for (Capacity capacity : capacities) {
                room += capacity.roomWithin(nanos, meanTokens, reserve);
                if (room > enough) {
                    break;
                }
            }
            return room;
        }

        boolean isServedWithin(long nanos) {
            long ahead = aheadWithin(nanos);
            return roomWithin(nanos, ahead, 0) > ahead && (reserve == 0 || roomWithin(nanos, batch, reserve) > batch);
        }
    }

    /** Flights ahead of another one, and how many of them are batch. */
    private record FlightsAhead(TurnSums all, long batch) {

        static final FlightsAhead NOBODY = new FlightsAhead(TurnSums.NONE, 0);

        static FlightsAhead of(Priority priority, TurnSums ahead) {
            return new FlightsAhead(ahead, priority == Priority.BATCH ? ahead.tickets() : 0);
        }

        FlightsAhead plus(FlightsAhead other) {
            return new FlightsAhead(all.plus(other.all), batch + other.batch);
        }
    }

    /** Returns the forecast for a waiting flight at its turn. */
    static Forecast inTurn(Flight flight, WaitingLine line, long now) {
        return new Forecast(flight, line.lanes(), line.ahead(flight.ticket())::of, TurnSums.NONE, Map.of(), now);
    }

    /** Returns the same if nobody returns to the kept turns. */
    static Forecast atBest(Flight flight, WaitingLine line, long now) {
        List<Lane> lanes =
                line.lanes().stream().filter(lane -> !lane.isAbsent()).toList();
        return new Forecast(flight, lanes, line.ahead(flight.ticket())::of, TurnSums.NONE, Map.of(), now);
    }

    /**
     * Returns the forecast for a flight behind all waiting ones and further ones still to come.
     *
     * @param more the further flights, which may use the same targets; one less than none: the flight is the last of
     *     the waiting ones
     * @param leftForAll how much all processes have left of what they share, where that is known
     */
    static Forecast behind(TurnSums more, Flight flight, WaitingLine line, Map<LimitUse, Long> leftForAll, long now) {
        return new Forecast(flight, line.lanes(), Lane::all, more, leftForAll, now);
    }

    private Forecast(
            Flight flight,
            Collection<Lane> lanes,
            Function<Lane, TurnSums> before,
            TurnSums more,
            Map<LimitUse, Long> leftForAll,
            long now) {
        this.leftForAll = leftForAll;
        this.now = now;
        List<Target> own = flight.options().ever();
        FlightsAhead like = FlightsAhead.of(flight.priority(), more);
        Map<List<Target>, FlightsAhead> narrower = new LinkedHashMap<>(0);
        Set<Target> wider = new LinkedHashSet<>(own);
        FlightsAhead overlapping = FlightsAhead.NOBODY;
        for (Lane lane : lanes) {
            FlightsAhead ahead = FlightsAhead.of(lane.priority(), before.apply(lane));
            List<Target> ever = LaneTargets.of(lane).ever();
            if (ever == own || ever.equals(own)) {
                like = like.plus(ahead);
            } else if (own.containsAll(ever)) {
                narrower.merge(ever, ahead, FlightsAhead::plus);
            } else if (ever.stream().anyMatch(own::contains)) {
                wider.addAll(ever);
                overlapping = overlapping.plus(ahead);
            }
        }
        double reserve = flight.reserveShare();
        Queue ofOwn = new Queue(own, like, flight.mostTokens(), reserve);
        narrower.forEach((targets, ahead) -> ofOwn.narrower.add(new Queue(targets, ahead, TokenCount.NONE, 0)));
        queues.add(ofOwn);
        if (wider.size() > own.size()) {
            FlightsAhead all = narrower.values().stream().reduce(like.plus(overlapping), FlightsAhead::plus);
            queues.add(new Queue(List.copyOf(wider), all, flight.mostTokens(), reserve));
        }
    }

    /**
     * Returns whether the flight could begin within a time. If it could begin much sooner, few windows have to be
     * looked at.
     */
    boolean isWithin(long nanos) {
        for (long soon = FIRST_LOOK_NANOS; soon < nanos / STRIDE; soon *= STRIDE) {
            if (isServedWithin(soon)) {
                return true;
            }
        }
        return isServedWithin(nanos);
    }

    private boolean isServedWithin(long nanos) {
        return queues.stream().allMatch(queue -> queue.isServedWithin(nanos));
    }

    /** Returns how long until the flight could begin: {@link Waits#UNKNOWN} if not within two days. */
    long waitNanos() {
        return waitNanos(HORIZON_NANOS);
    }

    /** Returns how long until the flight could begin: {@link Waits#UNKNOWN} if not within a time. */
    long waitNanos(long horizonNanos) {
        if (isServedWithin(0)) {
            return Waits.NONE;
        }
        long tooSoon = 0;
        long enough = PRECISION_NANOS;
        while (!isServedWithin(enough)) {
            if (enough >= horizonNanos) {
                return Waits.UNKNOWN;
            }
            tooSoon = enough;
            enough *= 2;
        }
        while (enough - tooSoon > PRECISION_NANOS) {
            long middle = tooSoon + (enough - tooSoon) / 2;
            if (isServedWithin(middle)) {
                enough = middle;
            } else {
                tooSoon = middle;
            }
        }
        return enough;
    }
}
