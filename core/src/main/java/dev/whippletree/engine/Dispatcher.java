package dev.whippletree.engine;

import dev.whippletree.engine.DispatchPass.Dispatch;
import dev.whippletree.engine.flight.Attempt;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Pool.Change;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Announcements;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.saving.StateSaver;
import dev.whippletree.model.PromptException;
import dev.whippletree.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins attempts for flights of the waiting line: by a pass through it after each event, and by one timer for the earliest known time at which
 * a pass may find room. Guarded by the engine's lock.
 *
 * <p>A pass follows when a flight enters, an attempt ends, a limit is reported, or the timer rings. It stops only when no flight fits any
 * target, so no ready target idles.
 */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Monitor monitor;
    private final Timeline timeline;
    private final WaitingLine line;
    private final KeptTurns kept;
    private final DemandRefresh refresh;
    private final Flights flights;
    private final Outages outages;
    private final Gate gate;
    private final Optional<StateSaver> saver;
    private final Attempt.Listener listener;
    private final LongWaitLog longWaits;
    private final Choice choice = new Choice();

    /** Those that have entered the line since the last pass through it, which may begin them at once. */
    private final List<Flight> entered = new ArrayList<>();

    private Timeline.@Nullable Timer timer;
    private long wakeAt;

    /**
     * Creates one for an empty line.
     *
     * @param saver is told that a limit was used
     * @param listener hears of the attempts
     */
    Dispatcher(
            Monitor monitor,
            Timeline timeline,
            WaitingLine line,
            KeptTurns kept,
            DemandRefresh refresh,
            Flights flights,
            Outages outages,
            Gate gate,
            Announcements announcements,
            Optional<StateSaver> saver,
            Attempt.Listener listener) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.line = line;
        this.kept = kept;
        this.refresh = refresh;
        this.flights = flights;
        this.outages = outages;
        this.gate = gate;
        this.saver = saver;
        this.listener = listener;
        this.longWaits = new LongWaitLog(line, announcements);
    }

    /** Puts a flight into the waiting line, one that had a turn there back to that. A pass is to follow. */
    void queue(Flight flight) {
        entered.add(flight);
        flight.stage(Flight.Stage.WAITING);
        line.add(flight.ticket());
    }

    /** Takes a flight out of the line, if it is there. */
    void remove(Flight flight) {
        line.remove(flight.ticket());
        longWaits.lineShrank();
    }

    /**
     * Begins all that can begin.
     *
     * @param change what has happened since the last time
     */
    void dispatch(Change change) {
        long now = timeline.nanoTime();
        kept.forgetOld(now);
        outages.tellReopened(change.everything(), now);
        DispatchPass pass = new DispatchPass(line, choice, longWaits, change, now);
        for (Optional<Dispatch> next = pass.next(); next.isPresent(); next = pass.next()) {
            act(next.get(), now);
        }
        entered.stream()
                .filter(flight -> flight.stage() == Flight.Stage.WAITING)
                .forEach(flight -> flight.waitFrom(now));
        entered.clear();
        wakeUpIn(pass.waitNanos(), now);
    }

    private void act(Dispatch dispatch, long now) {
        longWaits.lineShrank();
        Flight flight = dispatch.flight();
        if (dispatch instanceof Dispatch.Begin begin) {
            begin(flight, begin.target());
        } else if (dispatch instanceof Dispatch.GiveUp) {
            giveUp(flight, now);
        } else if (dispatch instanceof Dispatch.Refuse refuse) {
            flights.fail(
                    flight, PromptErrors.noRoomInTime(flight, timeline.now().plusNanos(refuse.waitNanos())));
        }
    }

    private void begin(Flight flight, Target target) {
        Attempt attempt = new Attempt(
                monitor,
                timeline,
                listener,
                flight,
                target,
                flight.subscribers().anyReads());
        flight.begin(attempt);
        saver.ifPresent(StateSaver::changed);
        if (LOG.isDebugEnabled()) {
            LOG.debug("Prompt {}: attempt {} on {}", flight.key(), flight.calls(), target.id());
        }
        gate.pass(attempt);
    }

    private void giveUp(Flight flight, long now) {
        refresh.demandAnew(flight);
        Optional<PromptException> hopelessness = Entrance.hopelessness(flight, now, timeline.now());
        if (hopelessness.isPresent()) {
            flights.fail(flight, hopelessness.get());
        } else {
            line.add(flight.ticket());
        }
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
        timer = timeline.schedule(wait, () -> monitor.decide(() -> dispatch(Change.ANYTHING)));
    }

    /** The line may have become empty: the next long wait is worth logging again. */
    void lineShrank() {
        longWaits.lineShrank();
    }

    long pickerFaults() {
        return choice.faults();
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
