package dev.whippletree.engine;

import dev.whippletree.engine.TurnTree.Before;
import dev.whippletree.engine.cache.CacheTiers;
import dev.whippletree.engine.pool.Change;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Announcements;
import dev.whippletree.engine.run.Listeners;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.saving.StateSaver;
import dev.whippletree.engine.scope.Reaches;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.TokenCount;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schedules flights: puts them into the waiting line, begins attempts on targets that have room, and again after each failure.
 * Guarded by the engine's lock, unless a method says otherwise.
 */
final class Scheduler implements Attempt.Listener, Flights.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final long LONGEST_FORECAST_NANOS = Duration.ofDays(60).toNanos();

    private final Monitor monitor;
    private final Timeline timeline;
    private final Pool pool;
    private final EngineSettings settings;
    private final Optional<StateSaver> saver;
    private final Announcements announcements;
    private final WaitingLine line;
    private final KeptTurns kept;

    /** Those that have entered the line since the last pass through it, which may begin them at once. */
    private final List<Flight> entered = new ArrayList<>();

    /** Those that had a place in the line and are on their way back to it. */
    private final Set<Flight> enteringAgain = new HashSet<>();

    private final DemandRefresh refresh;
    private final Flights flights;
    private final TenantTally tenants;
    private final Outages outages;
    private final Gate gate;
    private final OutcomeRecorder recorder;
    private final FailurePolicy policy;
    private final Dispatcher dispatcher;

    /**
     * Creates one in which nothing is under way.
     *
     * @param listeners are told what happens
     * @param settings how many flights may wait
     * @param weights how tenants share what there is room for
     * @param saver is told whenever a limit was used, or something became known of one or of what is closed
     */
    Scheduler(
            Monitor monitor,
            Timeline timeline,
            Pool pool,
            CacheTiers caches,
            CoordinationClient coordinator,
            Tally tally,
            Listeners listeners,
            EngineSettings settings,
            TenantWeights weights,
            Optional<StateSaver> saver) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.pool = pool;
        this.settings = settings;
        this.line = new WaitingLine(weights, settings.batchShare());
        this.kept = new KeptTurns(line, tally);
        this.saver = saver;
        this.announcements = new Announcements(monitor);
        this.refresh = new DemandRefresh(line, pool.forecast());
        this.flights = new Flights(monitor, timeline, caches, tally, listeners, line, this);
        Reaches reaches = new Reaches();
        this.outages = new Outages(pool, listeners, coordinator, reaches, announcements);
        Runnable wakeUp = () -> monitor.decide(() -> dispatch(Change.ANYTHING));
        this.tenants = new TenantTally(line);
        this.gate = new Gate(coordinator, saver, monitor, timeline, wakeUp, tenants);
        this.recorder = new OutcomeRecorder(
                outages,
                reaches,
                gate,
                pool.forecast(),
                new CallReports(listeners, monitor, timeline),
                timeline.random());
        this.policy = new FailurePolicy(timeline.random());
        this.dispatcher = new Dispatcher(line, timeline, wakeUp, announcements);
    }

    Flights flights() {
        return flights;
    }

    /** Returns how many flights wait. */
    int waiting() {
        monitor.assertHeld();
        return line.size();
    }

    /** Returns how the tenants stand; none if there has been only one. */
    List<StatusSnapshot.Tenant> tenants(long now) {
        monitor.assertHeld();
        return tenants.status(flights.underWay(), now);
    }

    /** Returns how often a balancing strategy failed. */
    long pickerFaults() {
        return dispatcher.pickerFaults();
    }

    /** Leaves a task of no flight in particular to be done once the lock is free. */
    void announce(Runnable task) {
        announcements.add(task);
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
            refresh.demandAnew(flight);
            Optional<PromptException> refusal = Entrance.barWhatCannotTakeIt(flight);
            if (refusal.isPresent()) {
                flights.fail(flight, refusal.get());
                return;
            }
            boolean first = flight.order() == 0;
            if (first) {
                kept.resume(flight, now);
                tenants.asked(flight.prompt().tenant(), now);
                route.budget().earn();
            }
            queue(flight);
            dispatch(Change.OF_THE_LINE);
            if (first && flight.stage() == Flight.Stage.WAITING) {
                refuseIfHopeless(flight, now);
            }
        });
    }

    /** A prompt that can't be in time is told so at once, and so is the one that gives way where there is no place. */
    private void refuseIfHopeless(Flight flight, long now) {
        Optional<Flight> givingWay = makePlace(flight.prompt().tenant());
        if (!givingWay.equals(Optional.of(flight))) {
            refuseIfTooLate(flight, now);
            givingWay.ifPresent(other -> dispatch(Change.OF_THE_LINE));
        }
    }

    /** Refuses one of those that wait, if they are too many since one of a tenant has come. Returns which. */
    private Optional<Flight> makePlace(String tenant) {
        Backlog backlog = line.backlog();
        boolean ofTenant = backlog.sizeOf(tenant) + enteringAgain(tenant) > settings.lineSizeOfATenant();
        if (!ofTenant && line.places() + enteringAgain.size() <= settings.lineSize()) {
            return Optional.empty();
        }
        Optional<Flight> givingWay = ofTenant ? backlog.newestOf(tenant) : backlog.newestOfMost();
        String most = ofTenant
                ? tenant
                : givingWay.map(flight -> flight.prompt().tenant()).orElse("");
        if (kept.forgetOldest(most::equals) || (!ofTenant && kept.forgetOldest(any -> true))) {
            return Optional.empty();
        }
        givingWay.ifPresent(flight -> {
            withdraw(flight);
            Optional<Instant> roomAt = flights.roomAt(flight);
            flights.fail(
                    flight,
                    ofTenant && settings.lineSizeOfATenant() < settings.lineSize()
                            ? PromptErrors.tenantsLineFull(flight, settings.lineSizeOfATenant(), roomAt)
                            : PromptErrors.lineFull(flight, settings.lineSize(), roomAt));
        });
        return givingWay;
    }

    private void refuseIfTooLate(Flight flight, long now) {
        OptionalLong deadline = flight.deadline();
        if (deadline.isEmpty()) {
            return;
        }
        OptionalLong wait = tooLongWait(flight, deadline.getAsLong(), now);
        if (wait.isPresent()) {
            withdraw(flight);
            flights.fail(
                    flight, PromptErrors.noRoomInTime(flight, timeline.now().plusNanos(wait.getAsLong())));
        }
    }

    /** Notices tokens that were replaced after they had been refused. May read files. */
    private void noticeNewTokens(Route route) {
        for (Target target : route.targets()) {
            if (target.account().refusedToken().takeChange()) {
                monitor.decide(() -> outages.tokenChanged(target.account(), timeline.nanoTime()));
            }
        }
    }

    /** Puts a flight into the waiting line, one that had a turn there back to that. */
    private void queue(Flight flight) {
        entered.add(flight);
        line.add(flight);
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

    /** Moves a flight forward: a caller who has joined it is in a hurry. */
    void hurry(Flight flight) {
        monitor.assertHeld();
        if (flight.stage() == Flight.Stage.WAITING) {
            line.hurry(flight);
        } else {
            flight.hurry();
        }
    }

    /**
     * Lets all that is under way go on with what the pool has become.
     *
     * @param retokened the accounts that have another token
     * @param weights how tenants share from now on
     */
    void poolChanged(Collection<String> retokened, TenantWeights weights, long now) {
        monitor.assertHeld();
        line.weigh(weights);
        pool.accounts().stream()
                .filter(account -> retokened.contains(account.id()))
                .forEach(account -> {
                    account.changeToken();
                    outages.tokenChanged(account, now);
                });
        putBack(ReloadMigration.reroute(flights.underWay(), pool, line));
        dispatcher.lineShrank();
        refresh.startOver(flights.underWay());
        refresh.goOn(flights.underWay());
        dispatch(Change.ANYTHING);
    }

    /**
     * Puts flights back to their turns. If the providers haven't been asked about one of them, all pass the entrance again, one after
     * the other: those who went back at once would take the room of those before them.
     */
    private void putBack(List<Flight> inTurn) {
        boolean known = inTurn.stream().allMatch(flight -> flight.demand().covers(flight.route()));
        for (Flight flight : inTurn) {
            if (known) {
                refresh.demandAnew(flight);
                queue(flight);
            } else {
                enterAgain(flight);
            }
        }
    }

    /** Returns how long a waiting flight has to wait, if that is known and longer than until a deadline. */
    OptionalLong tooLongWait(Flight flight, long deadline, long now) {
        monitor.assertHeld();
        if (Forecast.atBest(flight, line, now).isWithin(Math.max(0, deadline - now))) {
            return OptionalLong.empty();
        }
        long wait = Forecast.inTurn(flight, line, now).waitNanos();
        return Waits.isKnown(wait) ? OptionalLong.of(wait) : OptionalLong.empty();
    }

    /**
     * Returns in what time calls for flights like these would have begun behind all that wait, and been answered; with no
     * such calls, in what time those that wait would.
     *
     * @param like flights that aren't opened, one or more, of one route
     * @param count how many calls, 0 or more
     */
    Optional<Duration> timeFor(List<Flight> like, long count) {
        monitor.assertHeld();
        long now = timeline.nanoTime();
        Before asked = Before.NOBODY;
        for (Flight flight : like) {
            refresh.demandAnew(flight);
            TokenCount mean = flight.meanTokens();
            asked = asked.plus(new Before(1, mean.prompt(), mean.completion()));
        }
        Flight last = like.get(0);
        if (Entrance.barWhatCannotTakeIt(last).isPresent()) {
            return Optional.empty();
        }
        double share = (double) Math.max(0, count - 1) / like.size();
        // With no further calls, the last one is among those that wait, so that one less is ahead of it.
        Before ahead =
                new Before(count - 1, Math.round(asked.prompt() * share), Math.round(asked.completion() * share));
        long wait = Forecast.behind(ahead, last, line, now).waitNanos(LONGEST_FORECAST_NANOS);
        long answer = last.options().ever().stream()
                .mapToLong(Target::meanAnswerNanos)
                .max()
                .orElse(0);
        return Waits.isKnown(wait) ? Optional.of(Duration.ofNanos(wait + answer)) : Optional.empty();
    }

    /**
     * Begins all that can begin.
     *
     * @param change what has happened since the last time
     */
    void dispatch(Change change) {
        monitor.assertHeld();
        long now = timeline.nanoTime();
        kept.forgetOld(now);
        outages.tellReopened(change.everything(), now);
        DispatchPass pass = dispatcher.begin(change, now);
        for (Optional<Dispatch> next = pass.next(); next.isPresent(); next = pass.next()) {
            act(next.get(), now);
        }
        entered.stream()
                .filter(flight -> flight.stage() == Flight.Stage.WAITING)
                .forEach(flight -> flight.waitFrom(now));
        entered.clear();
        dispatcher.ended(pass, now);
    }

    private void act(Dispatch dispatch, long now) {
        dispatcher.lineShrank();
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
        Attempt attempt = new Attempt(monitor, timeline, this, flight, target, flight.isRead());
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
            line.add(flight);
        }
    }

    /** Withdraws a flight that nobody wants any longer; flights that it held back may begin. One that waits leaves its turn behind. */
    @Override
    public void abandoned(Flight flight) {
        monitor.assertHeld();
        boolean hasTurn = flight.stage() == Flight.Stage.WAITING || flight.stage() == Flight.Stage.PAUSING;
        if (hasTurn && flight.order() > 0) {
            kept.keep(flight, timeline.nanoTime());
            dispatcher.lineShrank();
            dispatch(Change.OF_THE_LINE);
        } else {
            withdraw(flight);
        }
    }

    /** Takes a flight off its way, wherever it is. */
    void withdraw(Flight flight) {
        monitor.assertHeld();
        line.remove(flight);
        dispatcher.lineShrank();
        Attempt attempt = flight.attempt();
        if (attempt != null && flight.stage() == Flight.Stage.ATTEMPTING) {
            attempt.cancel(timeline.nanoTime());
        }
    }

    @Override
    public void sent(Attempt attempt) {
        monitor.assertHeld();
        tenants.started(attempt.flight().prompt().tenant(), timeline.nanoTime());
    }

    @Override
    public void reported(Attempt attempt, List<RateLimitReport> reports, long now) {
        monitor.assertHeld();
        recorder.reported(attempt, reports, now);
        changed(attempt.target());
    }

    @Override
    public void letIn(Attempt attempt, long now) {
        monitor.assertHeld();
        recorder.letIn(attempt, now);
        changed(attempt.target());
    }

    @Override
    public void differs(Attempt attempt) {
        monitor.assertHeld();
        flights.interrupt(attempt);
    }

    @Override
    public void ended(Attempt attempt, AttemptOutcome told, long now) {
        monitor.assertHeld();
        Flight flight = attempt.flight();
        AttemptOutcome outcome = policy.judge(attempt, told);
        if (outcome instanceof AttemptOutcome.Failed failed) {
            flight.breakOff();
            if (failed.failure().kind() == FailureKind.RATE_LIMITED) {
                flight.demand(flight.demand().atMost());
            }
        }
        recorder.ended(attempt, outcome, now);
        follow(flight, policy.next(attempt, outcome, now), now);
        changed(attempt.target());
    }

    private void follow(Flight flight, NextStep step, long now) {
        if (step instanceof NextStep.TryAgain || step instanceof NextStep.GoBack) {
            flight.stage(Flight.Stage.PAUSING);
            flights.leaveBeforeNextCall(flight);
        }
        if (flight.stage() == Flight.Stage.ENDED) {
            return;
        }
        if (step instanceof NextStep.Land land) {
            flights.land(flight, land.completion(), now);
        } else if (step instanceof NextStep.Fail fail) {
            flights.fail(flight, PromptErrors.failed(flight, fail.reason()));
        } else if (step instanceof NextStep.TryAgain again) {
            tryAgain(flight, again, now);
        } else if (step instanceof NextStep.GoBack) {
            goBack(flight);
        }
    }

    private void goBack(Flight flight) {
        flight.sentBack();
        putBack(List.of(flight));
    }

    private void tryAgain(Flight flight, NextStep.TryAgain again, long now) {
        flights.awaitAgain(flight, now);
        if (again.pauseNanos() > 0) {
            resumeIn(again.pauseNanos(), flight, again.counted());
        } else {
            resume(flight, again.counted(), now);
        }
    }

    private void resumeIn(long pauseNanos, Flight flight, boolean counted) {
        timeline.schedule(
                pauseNanos,
                () -> monitor.decide(() -> {
                    resume(flight, counted, timeline.nanoTime());
                    dispatch(Change.OF_THE_LINE);
                }));
    }

    private void resume(Flight flight, boolean counted, long now) {
        if (flight.stage() != Flight.Stage.PAUSING) {
            return;
        }
        if (counted) {
            flight.waitAnew();
        }
        long budgetNanos = counted ? flight.route().budget().takeOrWaitNanos(now) : 0;
        if (budgetNanos > 0) {
            resumeIn(budgetNanos, flight, true);
            return;
        }
        if (counted) {
            flight.charged(0); // The call was made, so its turn is over.
        }
        putBack(List.of(flight));
    }

    /** Something changed about a target, or its organization, that may let waiting flights begin. */
    private void changed(Target target) {
        saver.ifPresent(StateSaver::changed);
        dispatch(refresh.goOn(flights.underWay()) ? Change.ANYTHING : Change.of(target));
    }

    /** Begins nothing any more. */
    void stop() {
        monitor.assertHeld();
        dispatcher.stop();
    }

    /** Returns what hears of the other processes. Takes the lock itself. */
    CoordinationListener notices() {
        return new CoordinationListener() {

            @Override
            public void closed(ScopeClosing closing) {
                monitor.decide(() -> {
                    outages.closedByOthers(closing, timeline.nanoTime());
                    dispatch(Change.ANYTHING);
                });
            }

            @Override
            public void reopened(Scope scope) {
                monitor.decide(() -> {
                    outages.reopenedByOthers(scope, timeline.nanoTime());
                    dispatch(Change.ANYTHING);
                });
            }
        };
    }
}
