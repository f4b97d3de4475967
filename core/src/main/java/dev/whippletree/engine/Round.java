package dev.whippletree.engine;

import dev.whippletree.engine.Dispatcher.Actions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One time through the waiting line, lane by lane in turn, after something has happened. Guarded by the engine's lock.
 *
 * <p>A flight that doesn't fit because it asks for many tokens earmarks the limits it waits for, and later ones overtake it only
 * where that doesn't delay it.
 */
final class Round {

    private final WaitingLine line;
    private final Actions actions;
    private final Choice choice;
    private final Change change;
    private final long now;
    private final Map<ScopeState, Flight> earmarks = new HashMap<>(0);

    Round(WaitingLine line, Actions actions, Choice choice, Change change, long now) {
        this.line = line;
        this.actions = actions;
        this.choice = choice;
        this.change = change;
        this.now = now;
    }

    /** Gets a lane's first flight, or a smaller one, on its way; else returns how long the lane has to wait. */
    long advance(Flight first) {
        Lane lane = Objects.requireNonNull(first.lane(), "a flight in line has a lane");
        Look look = lane.lookFor(first, change, earmarks, now);
        if (begin(first, look)) {
            return Waits.NONE;
        }
        earmark(first, look);
        long wait = look.waitNanos();
        if (Candidates.canWiden(first)) {
            return widenOrWait(lane, first, look);
        }
        if (wait == Waits.UNKNOWN) {
            line.remove(first);
            actions.giveUp(first, now);
            return Waits.NONE;
        }
        if (look.isCertain() && Waits.isTooLong(wait, first.deadline(), now)) {
            line.remove(first);
            earmarks.values().removeIf(holder -> holder == first);
            actions.refuse(first, wait);
            return Waits.NONE;
        }
        return Math.min(wait, overtake(lane, first));
    }

    private long widenOrWait(Lane lane, Flight first, Look look) {
        long patience = Waits.nanos(first.route().settings().patience());
        long waited = now - first.waitingSince();
        if ((look.waitNanos() > patience && look.isCertain()) || waited >= patience) {
            line.remove(first);
            first.widen();
            line.add(first);
            return Waits.NONE;
        }
        return Math.min(Math.min(look.waitNanos(), patience - waited), overtake(lane, first));
    }

    /** Begins the smallest flight of a lane before the first one; else returns how long until that may be possible. */
    private long overtake(Lane lane, Flight first) {
        Flight smallest = lane.smallest();
        if (smallest == null || smallest == first) {
            return Waits.UNTIL_EVENT;
        }
        Look look = lane.lookForSmallest(smallest, change, earmarks, now);
        return begin(smallest, look) ? Waits.NONE : look.waitNanos();
    }

    private boolean begin(Flight flight, Look look) {
        if (look.ready().isEmpty()) {
            return false;
        }
        Target target = choice.among(look.ready(), flight.route().picker(look.readyTier()), now);
        line.serve(flight);
        actions.begin(flight, target, now);
        return true;
    }

    private void earmark(Flight flight, Look look) {
        Target target = look.soonest();
        if (target != null && Waits.isKnown(look.waitNanos())) {
            earmarks.putIfAbsent(target.organization(), flight);
            earmarks.putIfAbsent(target.modelScope(), flight);
        }
    }
}
