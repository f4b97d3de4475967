package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.flight.Subscribers.Subscription;
import dev.whippletree.engine.flight.Tally;
import dev.whippletree.engine.flight.TargetOptions;
import dev.whippletree.engine.line.Backlog;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Pool.Change;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.model.PromptException;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Admits flights to the waiting line: refuses those that no target can take or that would be too late, and sheds the newest of who has most
 * waiting where there is no place. Guarded by the engine's lock, unless a method says otherwise.
 */
final class AdmissionControl {

    private final Monitor monitor;
    private final Timeline timeline;
    private final EngineSettings settings;
    private final WaitingLine line;
    private final KeptTurns kept;
    private final TokenForecast forecast;
    private final WaitEstimator estimator;
    private final Flights flights;
    private final Tally tally;
    private final Outages outages;
    private final Dispatcher dispatcher;

    /** Those that had a place in the line and are on their way back to it. */
    private final Set<Flight> enteringAgain = new HashSet<>();

    AdmissionControl(
            Monitor monitor,
            Timeline timeline,
            EngineSettings settings,
            WaitingLine line,
            KeptTurns kept,
            TokenForecast forecast,
            WaitEstimator estimator,
            Flights flights,
            Tally tally,
            Outages outages,
            Dispatcher dispatcher) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.settings = settings;
        this.line = line;
        this.kept = kept;
        this.forecast = forecast;
        this.estimator = estimator;
        this.flights = flights;
        this.tally = tally;
        this.outages = outages;
        this.dispatcher = dispatcher;
    }

    /** Lets a flight wait for a target, or refuses it at once. Calls plugins, so the lock must not be held. */
    void enter(Flight flight) {
        Route route = flight.route();
        Demand demand = Demand.of(flight.prompt(), route);
        noticeNewTokens(route);
        monitor.decide(() -> {
            if (flight.stage() == Flight.Stage.LOOKING_UP && flight.route() != route) {
                monitor.after(flight.mailbox(), () -> enter(flight)); // A reload came between.
                return;
            }
            enteringAgain.remove(flight);
            if (flight.stage() != Flight.Stage.LOOKING_UP) {
                return;
            }
            long now = timeline.nanoTime();
            flight.demand(demand);
            flight.demandAnew(forecast);
            Optional<PromptException> refusal = barWhatCannotTakeIt(flight);
            if (refusal.isPresent()) {
                flights.fail(flight, refusal.get());
                return;
            }
            boolean first = !flight.ticket().hasTurn();
            if (first) {
                kept.resume(flight, now);
                tally.tenants().asked(flight.prompt().tenant(), line, now);
                route.budget().earn();
            }
            dispatcher.queue(flight);
            dispatcher.dispatch(Change.OF_THE_LINE);
            if (first && flight.stage() == Flight.Stage.WAITING) {
                refuseIfHopeless(flight, now);
            }
        });
    }

    /**
     * Bars the targets whose providers refuse the flight's prompt or whose limits it can never fit.
     *
     * @return why no target is left, if none is
     */
    private static Optional<PromptException> barWhatCannotTakeIt(Flight flight) {
        TargetOptions options = flight.options();
        Set<Target> refusing = flight.demand().refusals(flight.route()).keySet();
        refusing.forEach(options::bar);
        if (options.ever().isEmpty()) {
            return Optional.of(
                    refusing.isEmpty() ? PromptErrors.nothingLeft(flight) : PromptErrors.refusedByAll(flight));
        }
        for (Target target : flight.route().targets()) {
            if (!target.canEverFit(flight.demand().neededTokens(target))) {
                options.bar(target);
            }
        }
        return options.ever().isEmpty() ? Optional.of(PromptErrors.largerThanLimits(flight)) : Optional.empty();
    }

    /** A prompt that can't be in time is told so at once, and so is the one that gives way where there is no place. */
    private void refuseIfHopeless(Flight flight, long now) {
        Optional<Flight> givingWay = makePlace(flight.prompt().tenant());
        if (!givingWay.equals(Optional.of(flight))) {
            refuseIfTooLate(flight, now);
            givingWay.ifPresent(other -> dispatcher.dispatch(Change.OF_THE_LINE));
        }
    }

    /** Refuses one of those that wait, if they are too many since one of a tenant has come. Returns which. */
    private Optional<Flight> makePlace(String tenant) {
        Backlog backlog = line.backlog();
        boolean ofTenant = backlog.sizeOf(tenant) + enteringAgain(tenant) > settings.lineSizeOfATenant();
        if (!ofTenant && line.places() + enteringAgain.size() <= settings.lineSize()) {
            return Optional.empty();
        }
        Optional<Flight> givingWay = (ofTenant ? backlog.newestOf(tenant) : backlog.newestOfMost()).map(Flight::of);
        String most = ofTenant
                ? tenant
                : givingWay.map(flight -> flight.prompt().tenant()).orElse("");
        if (kept.forgetOldest(most::equals) || (!ofTenant && kept.forgetOldest(any -> true))) {
            return Optional.empty();
        }
        givingWay.ifPresent(flight -> {
            dispatcher.remove(flight);
            Optional<Instant> roomAt = estimator.roomAt(flight);
            flights.fail(
                    flight,
                    ofTenant && settings.lineSizeOfATenant() < settings.lineSize()
                            ? PromptErrors.tenantsLineFull(flight, settings.lineSizeOfATenant(), roomAt)
                            : PromptErrors.lineFull(flight, settings.lineSize(), roomAt));
        });
        return givingWay;
    }

    private void refuseIfTooLate(Flight flight, long now) {
        noRoomInTime(flight, flight.subscribers().deadline(), now).ifPresent(failure -> {
            dispatcher.remove(flight);
            flights.fail(flight, failure);
        });
    }

    /** A caller who joins a waiting flight may have less time than the flight needs. */
    void refuseIfTooLate(Subscription joined, long now) {
        Flight flight = joined.flight();
        if (flight.stage() == Flight.Stage.WAITING) {
            noRoomInTime(flight, joined.deadline(), now).ifPresent(failure -> flights.fail(joined, failure));
        }
    }

    private Optional<PromptException> noRoomInTime(Flight flight, OptionalLong deadline, long now) {
        OptionalLong wait =
                deadline.isPresent() ? estimator.tooLongWait(flight, deadline.getAsLong(), now) : OptionalLong.empty();
        return wait.isPresent()
                ? Optional.of(PromptErrors.noRoomInTime(flight, timeline.now().plusNanos(wait.getAsLong())))
                : Optional.empty();
    }

    /**
     * Returns in what time calls for flights like these would have begun behind all that wait, and been answered; with no
     * such calls, in what time those that wait would.
     *
     * @param like flights that aren't opened, one or more, of one route
     * @param count how many calls, 0 or more
     */
    Optional<Duration> timeFor(List<Flight> like, long count) {
        like.forEach(flight -> flight.demandAnew(forecast));
        return barWhatCannotTakeIt(like.get(0)).isPresent() ? Optional.empty() : estimator.timeFor(like, count);
    }

    /** Notices tokens that were replaced after they had been refused. May read files. */
    private void noticeNewTokens(Route route) {
        for (Target target : route.targets()) {
            if (target.account().refusedToken().takeChange()) {
                monitor.decide(() -> outages.tokenChanged(target.account(), timeline.nanoTime()));
            }
        }
    }

    private long enteringAgain(String tenant) {
        return enteringAgain.stream()
                .filter(flight -> flight.prompt().tenant().equals(tenant))
                .count();
    }

    private void enterAgain(Flight flight) {
        flight.stage(Flight.Stage.LOOKING_UP);
        enteringAgain.add(flight);
        monitor.after(flight.mailbox(), () -> enter(flight));
    }

    /**
     * Puts flights back to their turns. If the providers haven't been asked about one of them, all pass the entrance again, one after
     * the other: those who went back at once would take the room of those before them.
     */
    void putBack(List<Flight> inTurn) {
        boolean known = inTurn.stream().allMatch(flight -> flight.demand().covers(flight.route()));
        for (Flight flight : inTurn) {
            if (known) {
                flight.demandAnew(forecast);
                dispatcher.queue(flight);
            } else {
                enterAgain(flight);
            }
        }
    }
}
