package dev.whippletree.engine;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import dev.whippletree.time.Timeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes flights out of the waiting line as soon as a target can take them. Guarded by the engine's lock.
 *
 * <p>It acts on events: a flight enters, an attempt ends, a limit is reported, or the earliest known time at which there will be
 * room has come, for which there is one timer. It stops only when no flight in the line fits any target, so no ready target
 * idles. Flights go in turn; one that doesn't fit because it asks for many tokens earmarks the limits it waits for, and smaller
 * ones overtake it only where that doesn't delay it.
 */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final long LONG_WAIT_NANOS = 60_000_000_000L;

    private final WaitingLine line;
    private final Timeline timeline;
    private final Runnable wakeUp;
    private final Actions actions;

    private Timeline.@Nullable Timer timer;
    private long wakeAt;
    private boolean longWaitLogged;
    private long pickerFaults;

    /** What is done with flights that leave the line. */
    interface Actions {

        /** A target takes a flight. */
        void begin(Flight flight, Target target, long now);

        /** Every target a flight might use is closed for a time nobody knows. */
        void giveUp(Flight flight, long now);

        /** There will be room, but only when it is too late. */
        void refuse(Flight flight, long waitNanos);

        /** Leaves something to be done once the lock is free. */
        void later(Runnable task);
    }

    /**
     * Creates one for an empty line.
     *
     * @param wakeUp calls {@link #dispatch} under the lock
     */
    Dispatcher(WaitingLine line, Timeline timeline, Runnable wakeUp, Actions actions) {
        this.line = line;
        this.timeline = timeline;
        this.wakeUp = wakeUp;
        this.actions = actions;
    }

    /** Begins all that can begin. */
    void dispatch(long now) {
        Set<Lane> stuck = new HashSet<>();
        Map<ScopeState, Flight> earmarks = new HashMap<>();
        long wait = Waits.UNTIL_EVENT;
        for (Lane lane = line.next(stuck); lane != null; lane = line.next(stuck)) {
            long ofLane = advance(lane, earmarks, now);
            if (ofLane != Waits.NONE) {
                stuck.add(lane);
                wait = Math.min(wait, ofLane);
            }
        }
        wakeUpIn(wait, now);
    }

    /** Gets one flight of a lane on its way; else returns how long the lane has to wait. */
    private long advance(Lane lane, Map<ScopeState, Flight> earmarks, long now) {
        Flight first = lane.first();
        if (begin(first, earmarks, now)) {
            return Waits.NONE;
        }
        long wait = leastWait(first, earmarks, now);
        long patience = Waits.nanos(first.route().settings().patience());
        long waited = now - first.waitingSince();
        if (Candidates.canWiden(first)) {
            if (wait > patience && wait != Waits.UNTIL_EVENT || waited >= patience) {
                line.remove(first);
                first.widen();
                line.add(first);
                return Waits.NONE;
            }
            return Math.min(overtake(lane, first, earmarks, now), Math.min(wait, patience - waited));
        }
        if (wait == Waits.UNKNOWN) {
            line.remove(first);
            actions.giveUp(first, now);
            return Waits.NONE;
        }
        if (Waits.isTooLong(wait, first.deadline(), now)) {
            line.remove(first);
            earmarks.values().removeIf(holder -> holder == first);
            actions.refuse(first, wait);
            return Waits.NONE;
        }
        long overtaking = overtake(lane, first, earmarks, now);
        return overtaking == Waits.NONE
                ? Waits.NONE
                : Math.min(overtaking, Math.min(wait, untilLongWait(first, waited)));
    }

    /** Begins the smallest flight of a lane before the first one; else returns how long until that may be possible. */
    private long overtake(Lane lane, Flight first, Map<ScopeState, Flight> earmarks, long now) {
        Flight smallest = lane.smallest();
        if (smallest == first) {
            return Waits.UNTIL_EVENT;
        }
        return begin(smallest, earmarks, now)
                ? Waits.NONE
                : Soonest.of(smallest, now).nanos();
    }

    /** Begins a flight on a target of the first tier that has one ready. */
    private boolean begin(Flight flight, Map<ScopeState, Flight> earmarks, long now) {
        for (int tier = 0; tier < Candidates.eligibleTiers(flight); tier++) {
            List<Target> ready = new ArrayList<>();
            for (Target target : Candidates.ofTier(flight, tier)) {
                long tokens = flight.demand().tokens(target);
                if (target.waitNanos(tokens, now) == Waits.NONE && !delays(flight, tokens, target, earmarks, now)) {
                    ready.add(target);
                }
            }
            if (!ready.isEmpty()) {
                Target target = pick(flight.route().picker(tier), ready, now);
                line.serve(flight);
                actions.begin(flight, target, now);
                return true;
            }
        }
        return false;
    }

    private static boolean delays(
            Flight flight, long tokens, Target target, Map<ScopeState, Flight> earmarks, long now) {
        if (earmarks.isEmpty()) {
            return false;
        }
        for (ScopeState scope : List.of(target.organization(), target.modelScope())) {
            Flight holder = earmarks.get(scope);
            if (holder != null
                    && holder != flight
                    && scope.wouldDelay(tokens, holder.demand().tokens(target), now)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the shortest wait of any eligible target, and earmarks the limits of the one that has it. */
    private static long leastWait(Flight flight, Map<ScopeState, Flight> earmarks, long now) {
        Soonest soonest = Soonest.of(flight, now);
        Target target = soonest.target();
        if (target != null && Waits.isKnown(soonest.nanos())) {
            earmarks.putIfAbsent(target.organization(), flight);
            earmarks.putIfAbsent(target.modelScope(), flight);
        }
        return soonest.nanos();
    }

    /** The eligible target with the shortest wait. One that is free but earmarked by another flight has to wait for that. */
    private record Soonest(long nanos, @Nullable Target target) {

        static Soonest of(Flight flight, long now) {
            Soonest soonest = new Soonest(Waits.UNKNOWN, null);
            for (Target target : Candidates.eligible(flight)) {
                long wait = target.waitNanos(flight.demand().tokens(target), now);
                long unheld = wait == Waits.NONE ? Waits.UNTIL_EVENT : wait;
                if (unheld < soonest.nanos()) {
                    soonest = new Soonest(unheld, target);
                }
            }
            return soonest;
        }
    }

    private Target pick(Picker picker, List<Target> ready, long now) {
        List<TargetView> views = new ArrayList<>(ready.size());
        for (Target target : ready) {
            views.add(target.view(now));
        }
        try {
            return ready.get(picker.pick(views, now));
        } catch (Throwable e) {
            pickerFaults++;
            LOG.debug("A balancing strategy failed; the target picked least often is used instead", e);
            return leastPicked(ready);
        }
    }

    /** Round-robin in its simplest form, for when the chosen strategy fails. */
    private static Target leastPicked(List<Target> ready) {
        Target least = ready.get(0);
        for (Target target : ready) {
            if (target.account().calls() < least.account().calls()) {
                least = target;
            }
        }
        return least;
    }

    private void wakeUpIn(long wait, long now) {
        if (!Waits.isKnown(wait)) {
            return;
        }
        long at = now + wait;
        if (timer != null && wakeAt > now && wakeAt <= at) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        wakeAt = at;
        timer = timeline.schedule(wait, wakeUp);
    }

    /** Says once, until the line is empty again, that somebody has been waiting for a minute. */
    private long untilLongWait(Flight first, long waited) {
        if (longWaitLogged) {
            return Waits.UNTIL_EVENT;
        }
        if (waited < LONG_WAIT_NANOS) {
            return LONG_WAIT_NANOS - waited;
        }
        longWaitLogged = true;
        int waiting = line.size();
        String route = first.route().name();
        actions.later(() -> LOG.info(
                "Route {}: {} prompts are waiting for room, the first of them for over a minute", route, waiting));
        return Waits.UNTIL_EVENT;
    }

    /** The line may have become empty: the next long wait is worth saying again. */
    void lineShrank() {
        longWaitLogged &= line.size() > 0;
    }

    long pickerFaults() {
        return pickerFaults;
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
