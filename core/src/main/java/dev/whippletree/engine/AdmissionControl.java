package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.flight.Subscribers.Subscription;
import dev.whippletree.engine.flight.Tally;
import dev.whippletree.engine.flight.TargetOptions;
import dev.whippletree.engine.line.Backlog;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Account;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Pool.DispatchTrigger;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.PluginFaults;
import dev.whippletree.model.PromptException;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits flights to the waiting line. It refuses flights that no target can take or that would be too late, and when
 * the line is full it sheds the newest flight of the tenant that has most waiting for its weight. Guarded by the
 * engine's lock, unless a method says otherwise.
 */
final class AdmissionControl {

    private static final Logger LOG = LoggerFactory.getLogger(AdmissionControl.class);

    private final PluginFaults faults;
    private final Monitor monitor;
    private final Timeline timeline;
    private final EngineSettings settings;
    private final WaitingLine line;
    private final KeptTurns kept;
    private final TokenForecast forecast;
    private final WaitEstimator estimator;
    private final Flights flights;
    private final Tally tally;
    private final ScopeClosures closures;
    private final Dispatcher dispatcher;

    /** Flights that had a place in the line and are on their way back to it. */
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
            ScopeClosures closures,
            Dispatcher dispatcher) {
        this.monitor = monitor;
        this.faults = new PluginFaults(timeline);
        this.timeline = timeline;
        this.settings = settings;
        this.line = line;
        this.kept = kept;
        this.forecast = forecast;
        this.estimator = estimator;
        this.flights = flights;
        this.tally = tally;
        this.closures = closures;
        this.dispatcher = dispatcher;
    }

    /** Queues a flight for a target, or refuses it at once. Calls plugins, so never call it under the lock. */
    void enter(Flight flight) {
        Route route = flight.route();
        Demand demand = Demand.of(flight.prompt(), route, (account, fault) -> providerFailed(account, flight, fault));
        noticeNewTokens(route);
        monitor.decide(() -> {
            if (flight.stage() == Flight.Stage.LOOKING_UP && flight.route() != route) {
                monitor.after(flight.mailbox(), () -> enter(flight)); // A reload replaced the route meanwhile.
                return;
            }
            boolean again = enteringAgain.remove(flight) || flight.ticket().hasTurn();
            if (flight.stage() != Flight.Stage.LOOKING_UP) {
                return;
            }
            long now = timeline.nanoTime();
            flight.demand(demand);
            flight.demandAnew(forecast);
            Optional<PromptException> refusal = barWhatCannotTakeIt(flight, now);
            if (refusal.isPresent()) {
                flights.fail(flight, refusal.get());
                return;
            }
            if (!again) {
                kept.resume(flight, now);
                tally.tenants().asked(flight.prompt().tenant(), line, now);
                route.budget().earn();
            }
            dispatcher.queue(flight);
            dispatcher.dispatch(DispatchTrigger.OF_THE_LINE);
            if (!again && flight.stage() == Flight.Stage.WAITING) {
                refuseIfHopeless(flight, now);
            }
        });
    }

    private void providerFailed(Account account, Flight flight, Throwable fault) {
        flight.threw(fault);
        faults.log(LOG, account.id(), fault, "account " + account.id() + ": its provider failed to estimate tokens");
    }

    /**
     * Bars the targets whose providers refuse the prompt, and those whose limits are too small for it.
     *
     * @return why no target is left, if none is
     */
    private static Optional<PromptException> barWhatCannotTakeIt(Flight flight, long now) {
        TargetOptions options = flight.options();
        Set<Target> refusing = flight.demand().refusals(flight.route()).keySet();
        refusing.forEach(options::bar);
        if (options.ever().isEmpty()) {
            return Optional.of(
                    refusing.isEmpty() ? PromptErrors.nothingLeft(flight, now) : PromptErrors.refusedByAll(flight));
        }
        for (Target target : flight.route().targets()) {
            if (!target.canEverFit(flight.demand().neededTokens(target))) {
                options.bar(target);
            }
        }
        return options.ever().isEmpty() ? Optional.of(PromptErrors.largerThanLimits(flight, now)) : Optional.empty();
    }

    /** Refuses the flight at once if its deadline comes too soon, or another flight if the line is full. */
    private void refuseIfHopeless(Flight flight, long now) {
        Optional<Flight> givingWay = makePlace(flight.prompt().tenant());
        if (!givingWay.equals(Optional.of(flight))) {
            refuseIfTooLate(flight, now);
            givingWay.ifPresent(other -> dispatcher.dispatch(DispatchTrigger.OF_THE_LINE));
        }
    }

    /** Sheds a flight if the line, or this tenant's part of it, is full even without kept turns. Returns which. */
    private Optional<Flight> makePlace(String tenant) {
        Backlog backlog = line.backlog();
        while (tenantHasTooMany(tenant) || line.places() + enteringAgain.size() > settings.lineSize()) {
            boolean ofTenant = tenantHasTooMany(tenant);
            Optional<Flight> givingWay = (ofTenant ? backlog.newestOf(tenant) : backlog.newestOfMost()).map(Flight::of);
            String most = ofTenant
                    ? tenant
                    : givingWay.map(flight -> flight.prompt().tenant()).orElse("");
            if (!kept.forgetOldest(most::equals) && (ofTenant || !kept.forgetOldest(any -> true))) {
                givingWay.ifPresent(flight -> shed(flight, ofTenant));
                return givingWay;
            }
        }
        return Optional.empty();
    }

    private boolean tenantHasTooMany(String tenant) {
        return line.backlog().sizeOf(tenant) + enteringAgain(tenant) > settings.lineSizeOfATenant();
    }

    private void shed(Flight flight, boolean ofTenant) {
        line.remove(flight.ticket());
        Optional<Instant> roomAt = estimator.roomAt(flight);
        long now = timeline.nanoTime();
        flights.fail(
                flight,
                ofTenant && settings.lineSizeOfATenant() < settings.lineSize()
                        ? PromptErrors.tenantsLineFull(flight, settings.lineSizeOfATenant(), roomAt, now)
                        : PromptErrors.lineFull(flight, settings.lineSize(), roomAt, now));
    }

    private void refuseIfTooLate(Flight flight, long now) {
        noRoomInTime(flight, flight.subscribers().deadline(), now).ifPresent(failure -> {
            line.remove(flight.ticket());
            flights.fail(flight, failure);
        });
    }

    /** Refuses a caller who joined a waiting flight but has less time than the flight needs. */
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
                ? Optional.of(PromptErrors.noRoomInTime(flight, timeline.now().plusNanos(wait.getAsLong()), now))
                : Optional.empty();
    }

    /** Estimates as {@link WaitEstimator#timeFor} does, for flights that aren't opened. */
    Optional<Duration> timeFor(List<Flight> like, long count, Map<LimitUse, Long> leftForAll) {
        like.forEach(flight -> flight.demandAnew(forecast));
        return barWhatCannotTakeIt(like.get(0), timeline.nanoTime()).isPresent()
                ? Optional.empty()
                : estimator.timeFor(like, count, leftForAll);
    }

    /** Lets an account be probed whose token was refused and has been replaced since. May read files. */
    private void noticeNewTokens(Route route) {
        for (Target target : route.targets()) {
            if (target.account().refusedToken().takeChange()) {
                monitor.decide(() -> {
                    closures.tokenChanged(target.account(), timeline.nanoTime());
                    dispatcher.dispatch(DispatchTrigger.ANYTHING);
                });
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
     * Puts flights back to their turns. If a provider hasn't been asked about one of them yet, all of them enter again,
     * in order: flights put back directly would take the room of those before them.
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
