package dev.whippletree.engine;

import dev.whippletree.engine.DispatchPass.Dispatch;
import dev.whippletree.engine.DispatchPass.GuardedPicker;
import dev.whippletree.engine.DispatchPass.LongWaitLog;
import dev.whippletree.engine.flight.Attempt;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Pool.DispatchTrigger;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.PluginFaults;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins attempts for waiting flights: by a pass through the line after each event, and by one timer for the earliest
 * time at which a pass may find room. Guarded by the engine's lock.
 *
 * <p>A pass follows when a flight enters, an attempt ends, a limit is reported, or the timer rings. It stops only when
 * no flight fits any target, so no ready target idles.
 *
 * <p>When the token forecast changes, waiting flights update their reservations, a few at a time so that the lock is
 * held briefly. Otherwise a thousand prompts that came at once would keep the estimates from before anything was
 * learned.
 */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** More than one answer lets begin, so that the updates stay ahead of the flights that begin. */
    private static final int REFRESHED_AT_ONCE = 64;

    private final Monitor monitor;
    private final Timeline timeline;
    private final WaitingLine line;
    private final KeptTurns kept;
    private final TokenForecast forecast;
    private final Flights flights;
    private final ScopeClosures closures;
    private final Consumer<Attempt> sending;
    private final Optional<StateSaver> saver;
    private final Attempt.AttemptListener listener;
    private final LongWaitLog longWaits;
    private final PluginFaults faults;
    private final GuardedPicker guardedPicker;

    private final List<Flight> entered = new ArrayList<>();

    /** Flights whose reservations follow an earlier forecast, the oldest first. */
    private final Deque<Flight> outdated = new ArrayDeque<>();

    private Timeline.Timer timer = () -> {};
    private long wakeAt = Long.MIN_VALUE;

    /** Creates one for an empty line; {@code sending} sends an attempt once the lock is free. */
    Dispatcher(
            Monitor monitor,
            Timeline timeline,
            WaitingLine line,
            KeptTurns kept,
            TokenForecast forecast,
            Flights flights,
            ScopeClosures closures,
            Consumer<Attempt> sending,
            Optional<StateSaver> saver,
            Attempt.AttemptListener listener) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.line = line;
        this.kept = kept;
        this.forecast = forecast;
        this.flights = flights;
        this.closures = closures;
        this.sending = sending;
        this.saver = saver;
        this.listener = listener;
        this.faults = new PluginFaults(timeline);
        this.guardedPicker = new GuardedPicker(monitor, faults);
        this.longWaits = new LongWaitLog(line, monitor);
    }

    /** Puts a flight into the waiting line, at its old turn if it had one. Call {@link #dispatch} afterwards. */
    void queue(Flight flight) {
        entered.add(flight);
        flight.stage(Flight.Stage.WAITING);
        line.add(flight.ticket());
    }

    /**
     * Begins every attempt that can begin.
     *
     * @param trigger what has changed since the last pass
     */
    void dispatch(DispatchTrigger trigger) {
        long now = timeline.nanoTime();
        kept.forgetOld(now);
        closures.tellReopened(trigger.everything(), now);
        DispatchPass pass = new DispatchPass(line, guardedPicker, longWaits, trigger, now);
        for (Optional<Dispatch> next = pass.next(); next.isPresent(); next = pass.next()) {
            act(next.get(), now);
        }
        entered.stream()
                .filter(flight -> flight.stage() == Flight.Stage.WAITING)
                .forEach(flight -> flight.waitFrom(now));
        entered.clear();
        longWaits.passed();
        wakeUpIn(pass.waitNanos(), now);
    }

    private void act(Dispatch dispatch, long now) {
        Flight flight = dispatch.flight();
        if (dispatch instanceof Dispatch.Begin begin) {
            begin(flight, begin.target());
        } else if (dispatch instanceof Dispatch.GiveUp) {
            giveUp(flight, now);
        } else if (dispatch instanceof Dispatch.Refuse refuse) {
            flights.fail(
                    flight, PromptErrors.noRoomInTime(flight, timeline.now().plusNanos(refuse.waitNanos()), now));
        }
    }

    private void begin(Flight flight, Target target) {
        Attempt attempt = new Attempt(
                monitor,
                timeline,
                faults,
                listener,
                flight,
                target,
                flight.subscribers().anyReads() && flight.prompt().parameters().choices() == 1);
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

    /**
     * Returns the error of a flight that no target will ever take, or none before somebody fixes something; empty if
     * one may take it by now.
     */
    private Optional<PromptException> hopelessness(Flight flight, long now) {
        if (flight.options().eligible().stream()
                .anyMatch(target -> target.waitNanos(flight.demand().tokens(target), now) != Waits.UNKNOWN)) {
            // A limit learned meanwhile was too small only for what the flight had reserved before.
            return Optional.empty();
        }
        List<Target> ever = flight.options().ever();
        boolean fitsSomewhere = ever.isEmpty()
                || ever.stream()
                        .anyMatch(target -> target.canEverFit(flight.demand().neededTokens(target)));
        return Optional.of(
                fitsSomewhere
                        ? PromptErrors.noAccount(flight, now, timeline.now())
                        : PromptErrors.largerThanLimits(flight, now));
    }

    void refreshAll() {
        outdated.clear();
        flights.underWay().stream().filter(flight -> flight.ticket().isInLine()).forEach(outdated::add);
    }

    /**
     * Updates the next few outdated reservations; all count as outdated once the forecast has moved far enough.
     *
     * @return whether any reservation changed
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
        if (wakeAt > now && wakeAt <= at) {
            return;
        }
        timer.cancel();
        wakeAt = at;
        timer = timeline.schedule(wait, () -> monitor.decide(() -> dispatch(DispatchTrigger.ANYTHING)));
    }

    long pickerFaults() {
        return guardedPicker.faults();
    }

    void stop() {
        timer.cancel();
    }
}
