package dev.whippletree.engine;

import dev.whippletree.engine.cache.CacheTiers;
import dev.whippletree.engine.cache.Confirmations;
import dev.whippletree.engine.cache.PromptKeys;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.flight.Reader;
import dev.whippletree.engine.flight.Subscribers.Subscription;
import dev.whippletree.engine.flight.Tally;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Pool.Change;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.StatusReport;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.engine.run.Listeners;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.saving.StateSaver;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.TokenCount;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.state.SavedState;
import dev.whippletree.state.StateFolder;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Takes prompts from callers and answers them. Thread-safe. No method blocks.
 *
 * <p>A prompt gets its key; it joins the flight of an equal prompt or opens one; the caches are looked into; the flight waits in
 * line until a target can take it; an attempt is made under a lease; what it shows is learned; the flight is answered, tried
 * again or failed; the answer is stored. One lock guards all state; see {@link Monitor} for what happens outside it.
 */
public final class Engine {

    private final Timeline timeline;
    private final EngineSettings settings;
    private volatile List<String> notes;
    private final Monitor monitor;
    private final Listeners listeners;
    private final CacheTiers caches;
    private final Confirmations confirmations;
    private final Optional<CoordinationClient> coordinator;
    private final Optional<SharedCalls> sharedCalls;
    private final Pool pool;
    private final Tally tally;
    private final Scheduler scheduler;
    private final Flights flights;
    private final AdmissionControl admission;
    private final Optional<StateSaver> saver;
    private final long startedNanos;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private boolean closing;

    /**
     * Creates an engine that is ready for prompts.
     *
     * @param timeline its time, timers, threads and chance; stays open
     * @param topology what it works on; its clients and caches stay open
     * @param settings what holds for the whole engine
     * @param listeners are told what happens
     */
    public Engine(Timeline timeline, Topology topology, EngineSettings settings, List<EngineListener> listeners) {
        this(timeline, topology, settings, listeners, Optional.empty());
    }

    /**
     * Creates an engine that is ready for prompts and goes on from where earlier ones have come.
     *
     * @param timeline its time, timers, threads and chance; stays open
     * @param topology what it works on; its clients and caches stay open
     * @param settings what holds for the whole engine
     * @param listeners are told what happens
     * @param state where the limits' state is kept between processes; absent: nowhere
     */
    public Engine(
            Timeline timeline,
            Topology topology,
            EngineSettings settings,
            List<EngineListener> listeners,
            Optional<StateFolder> state) {
        this.timeline = timeline;
        this.settings = settings;
        this.notes = topology.notes();
        this.startedNanos = timeline.nanoTime();
        this.monitor = new Monitor(timeline.executor());
        this.caches = new CacheTiers(topology.caches(), timeline, settings.cacheTimeout());
        this.coordinator = topology.coordination().map(open -> new CoordinationClient(open, timeline));
        this.sharedCalls = coordinator.map(others -> new SharedCalls(others, caches, monitor));
        this.pool = new Pool(topology, settings, startedNanos);
        this.confirmations = new Confirmations(pool, caches);
        this.tally = new Tally(startedNanos);
        this.listeners = new Listeners(listeners);
        this.saver = state.map(folder -> new StateSaver(monitor, timeline, pool, folder, this::tookIn));
        this.scheduler = new Scheduler(
                monitor,
                timeline,
                pool,
                caches,
                coordinator,
                tally,
                this.listeners,
                settings,
                topology.weights(),
                saver);
        this.flights = scheduler.flights();
        this.admission = scheduler.admission();
        coordinator.ifPresent(others -> others.tell(coordination -> coordination.listen(scheduler.notices())));
        this.listeners.started(this::status);
    }

    /**
     * Answers a prompt.
     *
     * @return ends with the completion; or with a {@link PromptException}; or, if the prompt names a route or an account that
     *     isn't there, with a {@link ConfigurationException}. Cancelling it, or ending it in any other way, unsubscribes
     */
    public CompletableFuture<Completion> complete(Prompt prompt) {
        return submit(prompt, Optional.empty());
    }

    /**
     * Answers a prompt, and tells the answer while it comes.
     *
     * @return asks each time it is subscribed to; fails as what {@link #complete} returns does. Subscribers are told on the
     *     timeline's executor, or on the thread that subscribes
     */
    public Flow.Publisher<Delta> stream(Prompt prompt) {
        return subscriber -> {
            Reader reader = new Reader(Objects.requireNonNull(subscriber, "subscriber"), timeline.executor());
            reader.introduce();
            if (!reader.isOver()) {
                var unused = submit(prompt, Optional.of(reader)).whenComplete(reader::ended);
            }
            reader.mailbox().drain();
        };
    }

    /**
     * Returns how many tokens are reserved for a prompt and its completion, on the target where that is most. Asks no service.
     *
     * @return none if no provider can tell, or the prompt names a route that isn't there
     */
    public TokenCount tokensToReserve(Prompt prompt) {
        return pool.route(prompt.route())
                .map(route -> {
                    Demand demand = Demand.of(route.bounded(prompt), route);
                    return monitor.decide(
                            () -> demand.reserving(route, pool.forecast()).mostTokens());
                })
                .orElse(TokenCount.NONE);
    }

    /**
     * Withdraws a prompt that waits; one whose call is under way is left to be answered, by that call or not at all: if it fails, the prompt
     * is withdrawn then.
     *
     * @param answer what {@link #complete} returned for it
     */
    public void withdraw(CompletableFuture<Completion> answer) {
        if (answer instanceof Subscription.Outcome outcome && monitor.decide(() -> leaveIfWaiting(outcome))) {
            outcome.cancel(false);
        }
    }

    /** Once it has left, no call begins for it, whenever its caller gets to know. */
    private boolean leaveIfWaiting(Subscription.Outcome outcome) {
        boolean waiting = outcome.subscription().isWaiting();
        if (waiting) {
            flights.leave(outcome.subscription());
        } else {
            outcome.subscription().wantsNoFurtherCall();
        }
        return waiting;
    }

    /**
     * Returns in what time further prompts will have begun and been answered behind all that wait now, by what is known of limits, closures,
     * and of how long answers take. Asks no service.
     *
     * @param like some of those prompts, one or more, of one route, by which their needs are estimated
     * @param count how many calls they need; 0: the time is that of those that wait
     * @return empty if that isn't known, or isn't within sixty days, or there is no such route
     */
    public Optional<Duration> timeFor(List<Prompt> like, long count) {
        Optional<Route> route = pool.route(like.get(0).route());
        if (route.isEmpty()) {
            return Optional.empty();
        }
        List<Flight> flights =
                like.stream().map(prompt -> unopened(prompt, route.get())).toList();
        return monitor.decide(() -> isPresent(route.get()) ? admission.timeFor(flights, count) : Optional.empty());
    }

    /** Makes a flight that is never opened, to ask what it would need. Calls plugins. */
    private Flight unopened(Prompt prompt, Route route) {
        Prompt whole = route.bounded(prompt);
        Flight flight = new Flight(PromptKeys.of(whole, route), whole, route, timeline.nanoTime());
        flight.demand(Demand.of(whole, route));
        return flight;
    }

    /** Returns the key that a prompt shares with all equal ones; empty if it names an unknown route. */
    public Optional<CacheKey> key(Prompt prompt) {
        return pool.route(prompt.route())
                .map(route -> PromptKeys.of(route.bounded(prompt), route).withoutQuestion());
    }

    private CompletableFuture<Completion> submit(Prompt prompt, Optional<Reader> reader) {
        Optional<Route> route = pool.route(prompt.route());
        Optional<String> problem = pool.problemOf(prompt, route);
        if (problem.isPresent() || route.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new ConfigurationException(problem.stream().toList()));
        }
        Prompt whole = route.get().bounded(prompt);
        CacheKey key = PromptKeys.of(whole, route.get());
        Optional<Subscription> subscription = monitor.decide(
                () -> isPresent(route.get()) ? Optional.of(join(key, whole, route.get(), reader)) : Optional.empty());
        if (subscription.isEmpty()) {
            return submit(prompt, reader); // A reload came between the key and the lock.
        }
        goAhead(subscription.get());
        CompletableFuture<Completion> future = subscription.get().future();
        future.whenComplete((completion, failure) -> leave(subscription.get()));
        return future;
    }

    /** A caller's future has ended: with what became of the prompt, which needs nothing more; or the caller has ended it. */
    private void leave(Subscription subscription) {
        if (!subscription.hasEnded()) {
            monitor.decide(() -> flights.leave(subscription));
        }
    }

    private boolean isPresent(Route route) {
        return pool.route(Optional.of(route.name())).equals(Optional.of(route));
    }

    /**
     * Takes the first steps on the caller's own thread, which saves it two changes of thread: none of them blocks, and nothing
     * can hang on the caller's future yet. One who reads along runs its own mailbox.
     */
    private void goAhead(Subscription subscription) {
        if (!subscription.joined()) {
            Flight flight = subscription.flight();
            listeners.opened(flight.prompt()).ifPresent(flight::hearer);
            flight.mailbox().drain();
        }
        if (subscription.reader().isEmpty()) {
            subscription.mailbox().drain();
        }
    }

    private Subscription join(CacheKey key, Prompt prompt, Route route, Optional<Reader> reader) {
        long now = timeline.nanoTime();
        Optional<Flight> there = prompt.cache().read() && !closing ? flights.find(key) : Optional.empty();
        if (there.isPresent()) {
            Subscription subscription = flights.subscribe(there.get(), prompt, true, reader, now);
            hurryFor(there.get(), prompt.priority());
            admission.refuseIfTooLate(subscription, now);
            return subscription;
        }
        Flight flight = flights.open(key, prompt, route, now);
        flight.mailbox().claim();
        Subscription subscription = flights.subscribe(flight, prompt, false, reader, now);
        if (closing) {
            flights.fail(flight, PromptErrors.closed());
        } else {
            monitor.after(flight.mailbox(), () -> lookUp(flight));
        }
        return subscription;
    }

    /** A caller who joins may be in more of a hurry than the callers before. */
    private void hurryFor(Flight flight, Priority priority) {
        if (priority == Priority.BATCH || flight.priority() == Priority.INTERACTIVE) {
            return;
        }
        scheduler.hurry(flight);
    }

    private void lookUp(Flight flight) {
        if (caches.isEmpty() || !flight.prompt().cache().read()) {
            admission.enter(flight);
            return;
        }
        caches.find(flight.key(), found -> {
            if (found.isEmpty() && sharedCalls.isPresent()) {
                sharedCalls.get().settle(flight, foundMeanwhile -> go(flight, foundMeanwhile));
            } else {
                go(flight, found);
            }
        });
    }

    /** Lands a flight whose answer was found; sends another one on its way. */
    private void go(Flight flight, Optional<CacheTiers.Found> found) {
        if (found.isEmpty()) {
            admission.enter(flight);
            return;
        }
        Completion stored = fromCache(found.get());
        monitor.decide(() -> {
            if (flight.stage() == Flight.Stage.LOOKING_UP) {
                flights.land(flight, stored, timeline.nanoTime());
                monitor.after(flight.mailbox(), () -> caches.delivered(flight.key(), found.get()));
            }
        });
    }

    private static Completion fromCache(CacheTiers.Found found) {
        Completion stored = found.entry().completion();
        Origin origin = stored.origin();
        return stored.withOrigin(new Origin(
                Origin.Source.CACHE, origin.account(), origin.model(), 0, Duration.ZERO, Optional.of(found.tier())));
    }

    /** Returns how everything stands; consistent, and quick under load too. */
    public StatusSnapshot status() {
        List<List<String>> remarks = caches.remarks();
        return monitor.decide(() -> {
            long now = timeline.nanoTime();
            StatusReport report = new StatusReport(pool, now, timeline.now());
            return new StatusSnapshot(
                    timeline.now(),
                    Duration.ofNanos(now - startedNanos),
                    tally.prompts(),
                    tally.sessionsActive(),
                    scheduler.waiting(),
                    pool.inFlight(),
                    pool.calls(),
                    tally.promptsPerMinute(now),
                    tally.latency(),
                    pool.tokens(),
                    caches.status(remarks),
                    coordinator.map(CoordinationClient::status),
                    report.accounts(),
                    scheduler.tenants(now),
                    scheduler.pickerFaults(),
                    notes());
        });
    }

    private List<String> notes() {
        Stream<String> ofSaver = saver.flatMap(StateSaver::problem).stream();
        return Stream.concat(notes.stream(), ofSaver).distinct().toList();
    }

    /**
     * Removes stored answers from every cache, those of all prompts that have been answered before too.
     *
     * @param tenant whose; absent: everybody's
     * @return ends with how many were removed from the cache that had most, -1 if none can tell; or with a cache's failure
     */
    public CompletableFuture<Long> clearCaches(Optional<String> tenant) {
        return caches.clear(tenant);
    }

    /** Returns what callers say of answers, for the caches. */
    public Confirmations confirmations() {
        return confirmations;
    }

    /** Allows one probe now of everything that is closed until it is fixed. */
    public void recheck() {
        monitor.decide(() -> {
            long now = timeline.nanoTime();
            pool.scopes().forEach(scope -> scope.closure().checkNow(now));
            pool.accounts().forEach(account -> account.credential().checkNow(now));
            pool.targets().forEach(target -> target.availability().checkNow(now));
            scheduler.dispatch(Change.ANYTHING);
        });
    }

    /**
     * Goes on with another topology, at once and for all that is under way. Call it once at a time. Blocks for as long as it takes to
     * read the accounts' tokens and the state folder.
     *
     * <p>An account whose client is the one it had goes on with all that is known of it; another takes prompts from now on; one that
     * isn't there takes no more, and attempts under way on it end as they would have. Limits go on counting what was used of them.
     * Waiting prompts go on by the route of the same name, in their turn; those without a route or an account fail.
     *
     * @param next its caches and its coordination must be those that the engine has, and are left aside
     * @param unused is handed the client of each account that isn't there any more, once no attempt uses it
     * @throws IllegalArgumentException if a route names an account that isn't there; nothing has changed then
     */
    public void reload(Topology next, Consumer<ProviderClient> unused) {
        Set<String> retokened = pool.retokened(next);
        Optional<SavedState> saved = saver.flatMap(StateSaver::read);
        monitor.decide(() -> {
            long now = timeline.nanoTime();
            Collection<ScopeState> known = pool.scopes();
            pool.change(next, now)
                    .forEach(account -> account.leave(() -> monitor.announce(() -> unused.accept(account.client()))));
            notes = next.notes();
            saved.ifPresent(state -> saver.ifPresent(keeper -> keeper.resumeAllBut(known, state)));
            scheduler.poolChanged(retokened, next.weights(), now);
        });
        saver.ifPresent(StateSaver::poolChanged);
    }

    /**
     * Takes no more prompts, and lets those under way end.
     *
     * @param grace after which the rest ends with {@link Reason#CLOSED}; zero: at once
     * @return ends when no prompt is under way
     */
    public CompletableFuture<Void> close(Duration grace) {
        monitor.decide(() -> {
            closing = true;
            flights.whenEmpty(this::finish);
            if (!drained.isDone()) {
                timeline.schedule(Waits.nanos(grace), () -> monitor.decide(this::endTheRest));
            }
        });
        return drained.copy();
    }

    private void endTheRest() {
        for (Flight flight : List.copyOf(flights.underWay())) {
            scheduler.withdraw(flight);
            flights.fail(flight, PromptErrors.closed());
        }
    }

    private void finish() {
        scheduler.stop();
        saver.ifPresentOrElse(keeper -> keeper.end().thenRun(this::ended), () -> monitor.announce(this::ended));
    }

    private void tookIn() {
        scheduler.dispatch(Change.ANYTHING);
    }

    private void ended() {
        listeners.ended();
        drained.complete(null);
    }
}
