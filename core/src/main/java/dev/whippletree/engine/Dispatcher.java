package dev.whippletree.engine;

import dev.whippletree.engine.DispatchPass.Choice;
import dev.whippletree.engine.DispatchPass.Dispatch;
import dev.whippletree.engine.DispatchPass.LongWaitLog;
import dev.whippletree.engine.flight.Attempt;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Pool.Change;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.saving.StateSaver;
import dev.whippletree.model.PromptException;
import dev.whippletree.time.Timeline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins attempts for flights of the waiting line: by a pass through it after each event, and by one timer for the earliest known time at which
 * a pass may find room. Guarded by the engine's lock.
 *
 * <p>A pass follows when a flight enters, an attempt ends, a limit is reported, or the timer rings. It stops only when no flight fits any
 * target, so no ready target idles.
 *
 * <p>Once the forecast of tokens has changed, those that wait reserve anew: else a thousand prompts that came at once would keep the
 * reservations from before anything was learned. A few do at a time, so that the lock is held briefly.
 */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** More than can begin because of one answer, so that it stays ahead of those that begin. */
    private static final int REFRESHED_AT_ONCE = 64;

    private final Monitor monitor;
    private final Timeline timeline;
    private final WaitingLine line;
    private final KeptTurns kept;
    private final TokenForecast forecast;
    private final Flights flights;
    private final Outages outages;
    private final Consumer<Attempt> sending;
    private final Optional<StateSaver> saver;
    private final Attempt.Listener listener;
    private final LongWaitLog longWaits;
    private final Choice choice = new Choice();

    /** Those that have entered the line since the last pass through it, which may begin them at once. */
    private final List<Flight> entered = new ArrayList<>();

    /** Those that still reserve by an earlier forecast, the oldest first. */
    private final Deque<Flight> outdated = new ArrayDeque<>();

    private Timeline.@Nullable Timer timer;
    private long wakeAt;

    /**
     * Creates one for an empty line.
     *
     * @param sending sends an attempt once the lock is free
     * @param saver is told that a limit was used
     * @param listener hears of the attempts
     */
    Dispatcher(
            Monitor monitor,
            Timeline timeline,
            WaitingLine line,
            KeptTurns kept,
            TokenForecast forecast,
            Flights flights,
            Outages outages,
            Consumer<Attempt> sending,
            Optional<StateSaver> saver,
            Attempt.Listener listener) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.line = line;
        this.kept = kept;
        this.forecast = forecast;
        this.flights = flights;
        this.outages = outages;
        this.sending = sending;
        this.saver = saver;
        this.listener = listener;
        this.longWaits = new LongWaitLog(line, monitor);
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
        sending.accept(attempt);
    }

    private void giveUp(Flight flight, long now) {
        flight.demandAnew(forecast);
        Optional<PromptException> hopelessness = hopelessness(flight, now);
        if (hopelessness.isPresent()) {
            flights.fail(flight, hopelessness.get());
        } else {
            line.add(flight.ticket());
        }
    }

    /** Returns why no target will ever take a flight, or nobody knows when; empty if one may by now. */
    private Optional<PromptException> hopelessness(Flight flight, long now) {
        if (flight.options().eligible().stream()
                .anyMatch(target -> target.waitNanos(flight.demand().tokens(target), now) != Waits.UNKNOWN)) {
            // Only a limit learned while it waited was too small for what it asked for then.
            return Optional.empty();
        }
        List<Target> ever = flight.options().ever();
        boolean fitsSomewhere = ever.isEmpty()
                || ever.stream()
                        .anyMatch(target -> target.canEverFit(flight.demand().neededTokens(target)));
        return Optional.of(
                fitsSomewhere
                        ? PromptErrors.noAccount(flight, now, timeline.now())
                        : PromptErrors.largerThanLimits(flight));
    }

    /** All that wait have to ask anew for what they need. */
    void refreshAll() {
        outdated.clear();
        flights.underWay().stream().filter(flight -> flight.ticket().isInLine()).forEach(outdated::add);
    }

    /**
     * Asks anew for the next few that wait, from the start if the forecast has changed by enough since.
     *
     * @return whether any of them now asks for something else
     */
    boolean refresh() {
        if (forecast.takeMoved()) {
            refreshAll();
        }
        boolean renewed = false;
        for (int count = 0; count < REFRESHED_AT_ONCE && !outdated.isEmpty(); count++) {
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
