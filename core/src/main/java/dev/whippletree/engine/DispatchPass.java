package dev.whippletree.engine;

import dev.whippletree.engine.Readiness.Look;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.line.Lane;
import dev.whippletree.engine.line.Ticket;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Pool.DispatchTrigger;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.PluginFaults;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Limit;
import dev.whippletree.spi.TargetView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass through the waiting line after a change, lane by lane in turn. Takes out, one at a time, the flights that
 * can begin and those that needn't wait any longer. Guarded by the engine's lock.
 *
 * <p>A flight that doesn't fit because it asks for many tokens earmarks the limits it waits for. Later flights overtake
 * it only where that doesn't delay it.
 */
final class DispatchPass {

    private static final Logger LOG = LoggerFactory.getLogger(DispatchPass.class);

    /**
     * The units by which smaller flights are looked for: where input and output are limited separately, a flight may be
     * small in either.
     */
    private static final List<Limit.Unit> APART =
            List.of(Limit.Unit.TOKENS, Limit.Unit.INPUT_TOKENS, Limit.Unit.OUTPUT_TOKENS);

    private static final List<Limit.Unit> TOGETHER = List.of(Limit.Unit.TOKENS);

    private final WaitingLine line;
    private final GuardedPicker guardedPicker;
    private final LongWaitLog longWaits;
    private final Look look;

    /** The position of the last lane whose first flight has to wait. */
    private Lane.@Nullable Position stuck;

    /** Lanes whose batch flights were tried before interactive ones. */
    private final Set<Lane> triedFirst = new HashSet<>(0);

    private long wait = Waits.UNTIL_EVENT;

    DispatchPass(
            WaitingLine line, GuardedPicker guardedPicker, LongWaitLog longWaits, DispatchTrigger trigger, long now) {
        this.line = line;
        this.guardedPicker = guardedPicker;
        this.longWaits = longWaits;
        this.look = new Look(trigger, new HashMap<>(0), now);
    }

    /** Takes the next flight out of the line; empty at the end of the pass. Handle each result before the next call. */
    Optional<Dispatch> next() {
        Optional<Dispatch> batch = batchInTurn();
        if (batch.isPresent()) {
            return batch;
        }
        for (Ticket first = line.next(stuck); first != null; first = line.next(stuck)) {
            Optional<Dispatch> dispatch = dispatch(Flight.of(first), false);
            if (dispatch.isPresent()) {
                return dispatch;
            }
        }
        return Optional.empty();
    }

    /** Takes out a batch flight that goes before interactive ones, if it is its turn. */
    private Optional<Dispatch> batchInTurn() {
        for (Lane lane : line.batchDue()) {
            Ticket first = triedFirst.add(lane) ? lane.first() : null;
            Optional<Dispatch> dispatch = first == null ? Optional.empty() : dispatch(Flight.of(first), true);
            if (dispatch.isPresent()) {
                return dispatch;
            }
        }
        return Optional.empty();
    }

    /** Returns how long until the next pass is needed if nothing else happens. */
    long waitNanos() {
        return wait;
    }

    /**
     * Takes out a lane's first flight or a smaller one. Otherwise the lane has to wait, or its first flight has moved
     * to another lane.
     */
    private Optional<Dispatch> dispatch(Flight first, boolean beforePeople) {
        Lane lane = line.laneOf(first.ticket());
        LaneTargets targets = LaneTargets.of(lane);
        Readiness readiness = targets.lookFor(first, look);
        if (!readiness.ready().isEmpty()) {
            return begin(first, readiness, beforePeople);
        }
        earmark(first, readiness);
        if (readiness.tokensMatter()) {
            line.hold(first.ticket());
        }
        if (targets.canWiden()) {
            return widenOrWait(lane, first, readiness, beforePeople);
        }
        if (readiness.waitNanos() == Waits.UNKNOWN) {
            line.remove(first.ticket());
            return Optional.of(new Dispatch.GiveUp(first));
        }
        if (readiness.isCertain()
                && Waits.isTooLong(readiness.waitNanos(), first.subscribers().deadline(), look.now())) {
            line.remove(first.ticket());
            look.earmarks().values().removeIf(holder -> holder == first);
            return Optional.of(new Dispatch.Refuse(first, readiness.waitNanos()));
        }
        return overtake(lane, first, readiness, readiness.waitNanos(), beforePeople);
    }

    private Optional<Dispatch> widenOrWait(Lane lane, Flight first, Readiness readiness, boolean beforePeople) {
        long patience = Waits.nanos(first.route().settings().patience());
        long waited = first.waitedNanos(look.now());
        if ((readiness.waitNanos() > patience && readiness.isCertain()) || waited >= patience) {
            line.takeOut(first.ticket());
            first.options().widen();
            line.add(first.ticket());
            return Optional.empty();
        }
        return overtake(lane, first, readiness, Math.min(readiness.waitNanos(), patience - waited), beforePeople);
    }

    /** Begins the lane's smallest flight in place of the first one, which has to wait. */
    private Optional<Dispatch> overtake(
            Lane lane, Flight first, Readiness ofFirst, long waitOfFirst, boolean beforePeople) {
        long shortest = Math.min(waitOfFirst, ofFirst.nextLookNanos());
        for (Limit.Unit unit : unitsOfSmaller(ofFirst)) {
            Ticket ticket = lane.smallest(unit);
            Flight smallest = ticket == null ? first : Flight.of(ticket);
            if (smallest != first) {
                Readiness readiness = LaneTargets.of(lane).lookForSmallest(unit, smallest, look);
                if (!readiness.ready().isEmpty()) {
                    return begin(smallest, readiness, beforePeople);
                }
                shortest = Math.min(shortest, readiness.nextLookNanos());
            }
        }
        stuck = beforePeople ? stuck : lane.position();
        wait = Math.min(wait, Math.min(shortest, longWaits.lookAt(first, look.now())));
        return Optional.empty();
    }

    private static List<Limit.Unit> unitsOfSmaller(Readiness ofFirst) {
        if (!ofFirst.lessMayFit()) {
            return List.of();
        }
        return ofFirst.apartMatters() ? APART : TOGETHER;
    }

    /** Begins a flight, or on its target another flight that goes first. */
    private Optional<Dispatch> begin(Flight flight, Readiness readiness, boolean beforePeople) {
        Target target = guardedPicker.among(readiness.ready(), flight.route(), readiness.readyTier(), look.now());
        for (Ticket ticket : before(flight, target)) {
            Flight other = Flight.of(ticket);
            if (LaneTargets.of(line.laneOf(other.ticket())).has(target) && Readiness.canTake(target, other, look)) {
                return begin(other, target, false);
            }
        }
        return begin(flight, target, beforePeople);
    }

    /** Returns the flights that go first on a target, if they can begin there. */
    private List<Ticket> before(Flight flight, Target target) {
        if (!target.isBeingTried() || !flight.options().yields(target)) {
            return line.soloBefore(flight.ticket());
        }
        return line.first().stream()
                .filter(other -> !Flight.of(other).options().yields(target))
                .toList();
    }

    private Optional<Dispatch> begin(Flight flight, Target target, boolean beforePeople) {
        line.serve(
                flight.ticket(),
                beforePeople,
                lane -> LaneTargets.of(lane).has(target) && target.waitNanos(lane.largest(), look.now()) == Waits.NONE);
        return Optional.of(new Dispatch.Begin(flight, target));
    }

    private void earmark(Flight flight, Readiness readiness) {
        Target target = readiness.soonest();
        if (target != null && Waits.isKnown(readiness.waitNanos())) {
            look.earmarks().merge(target.organization(), flight, DispatchPass::entitled);
            look.earmarks().merge(target.modelScope(), flight, DispatchPass::entitled);
        }
    }

    /** The first of two flights that wait for a limit earmarks it, unless it reserves more of the limit for others. */
    private static Flight entitled(Flight first, Flight later) {
        return later.reserveShare() < first.reserveShare() ? later : first;
    }

    /** What happens to a flight that leaves the waiting line. */
    sealed interface Dispatch {

        Flight flight();

        /** A target takes it. */
        record Begin(Flight flight, Target target) implements Dispatch {}

        /** Every target it might use is closed for a time nobody knows. */
        record GiveUp(Flight flight) implements Dispatch {}

        /** There will be no room before its deadline. */
        record Refuse(Flight flight, long waitNanos) implements Dispatch {}
    }

    /** Asks balancing strategies to pick a target, and picks one itself if they fail. Guarded by the engine's lock. */
    static final class GuardedPicker {

        private final Monitor monitor;
        private final PluginFaults log;
        private long faults;

        GuardedPicker(Monitor monitor, PluginFaults log) {
            this.monitor = monitor;
            this.log = log;
        }

        Target among(List<Target> ready, Route route, int tier, long now) {
            List<TargetView> views = new ArrayList<>(ready.size());
            for (Target target : ready) {
                views.add(target.view(now));
            }
            try {
                return ready.get(route.picker(tier).pick(views, now));
            } catch (Throwable e) {
                faults++;
                String strategy = route.settings().strategy();
                String what = "Strategy " + strategy
                        + " failed to pick; the target with the fewest calls for its weight is used";
                monitor.announce(() -> log.log(LOG, strategy, e, what));
                return leastCalled(ready);
            }
        }

        /** Returns the target whose account has had the fewest calls relative to its weight; the first among equals. */
        private static Target leastCalled(List<Target> ready) {
            return ready.stream()
                    .min(Comparator.comparingDouble(
                            target -> (double) target.account().calls()
                                    / target.account().settings().weight()))
                    .orElseThrow();
        }

        long faults() {
            return faults;
        }
    }

    /** Logs that a flight has waited for a minute, once until the line is empty again. Guarded by the engine's lock. */
    static final class LongWaitLog {

        private static final long LONG_NANOS = Duration.ofMinutes(1).toNanos();

        private final WaitingLine line;
        private final Monitor monitor;
        private boolean logged;

        LongWaitLog(WaitingLine line, Monitor monitor) {
            this.line = line;
            this.monitor = monitor;
        }

        /**
         * Checks a waiting flight. Returns how long until the next check, {@link Waits#UNTIL_EVENT} if none is needed.
         */
        long lookAt(Flight flight, long now) {
            if (logged) {
                return Waits.UNTIL_EVENT;
            }
            long waited = flight.waitedNanos(now);
            if (waited < LONG_NANOS) {
                return LONG_NANOS - waited;
            }
            logged = true;
            int waiting = line.size();
            String route = flight.route().name();
            monitor.announce(() -> LOG.info(
                    "Route {}: {} prompts are waiting for room, the oldest for over a minute", route, waiting));
            return Waits.UNTIL_EVENT;
        }

        /** Has the next long wait logged again if the line is empty. */
        void passed() {
            logged = logged && line.size() > 0;
        }
    }
}
