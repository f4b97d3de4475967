package dev.whippletree.engine;

import dev.whippletree.engine.cache.CacheTiers;
import dev.whippletree.engine.cache.Confirmations;
import dev.whippletree.engine.cache.PromptKeys;
import dev.whippletree.engine.flight.AnswerStore;
import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.flight.Reader;
import dev.whippletree.engine.flight.Subscribers.Subscription;
import dev.whippletree.engine.flight.Tally;
import dev.whippletree.engine.pool.Account;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Pool.DispatchTrigger;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.StatusReport;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.engine.run.CallerContext;
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
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.state.SavedState;
import dev.whippletree.state.StateFolder;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Takes prompts from callers and answers them. Thread-safe. No method blocks.
 *
 * <p>A prompt gets its key, and joins the flight of an equal prompt or opens one. A flight is looked up in the caches,
 * waits in line until a target can take it, and makes an attempt under a lease. The engine learns from the outcome, and
 * answers the flight, retries it or fails it; then the answer is stored. One lock guards all state; see {@link Monitor}
 * for what happens outside it.
 */
public final class Engine {

    private static final EmbeddingBounds ANY_BOUNDS = new EmbeddingBounds(Integer.MAX_VALUE, Long.MAX_VALUE);

    private static final long SLOW_NANOS = Duration.ofSeconds(10).toNanos();

    /** What a provider throws is told when the prompt is asked. */
    private static final BiConsumer<Account, Throwable> UNHEARD = (account, fault) -> {};

    private final Timeline timeline;
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

    /** Requests that ask their prompts by and by. */
    private final Set<CompletableFuture<?>> requests = new LinkedHashSet<>();

    private boolean closing;

    /** Whether it is closing, and the grace is over or nothing is under way. */
    private boolean over;

    /** Creates an engine whose limits' state isn't kept over restarts. */
    public Engine(Timeline timeline, Topology topology, EngineSettings settings, List<EngineListener> listeners) {
        this(timeline, topology, settings, listeners, Optional.empty());
    }

    /**
     * Creates an engine that is ready for prompts and continues with the state that earlier processes saved.
     *
     * @param timeline its time, timers, threads and chance; stays open
     * @param topology what it works on; its clients and caches stay open
     * @param settings what holds for the whole engine
     * @param listeners are told what happens
     * @param state keeps the limits' state over restarts; absent: it isn't kept
     */
    public Engine(
            Timeline timeline,
            Topology topology,
            EngineSettings settings,
            List<EngineListener> listeners,
            Optional<StateFolder> state) {
        this.timeline = timeline;
        this.notes = topology.notes();
        this.startedNanos = timeline.nanoTime();
        this.monitor = new Monitor(timeline.executor());
        this.caches = new CacheTiers(topology.caches(), timeline, settings.cacheTimeout());
        this.coordinator = topology.coordination().map(open -> new CoordinationClient(open, timeline));
        this.sharedCalls = coordinator.map(others -> new SharedCalls(others, caches, monitor, timeline, this::go));
        this.pool = new Pool(topology, settings, startedNanos);
        this.confirmations = new Confirmations(pool, caches);
        this.tally = new Tally(startedNanos);
        this.listeners = new Listeners(listeners, timeline);
        this.saver = state.map(folder -> new StateSaver(monitor, timeline, pool, folder, this::tookIn));
        this.scheduler = new Scheduler(
                monitor,
                timeline,
                pool,
                caches,
                coordinator,
                sharedCalls,
                tally,
                this.listeners,
                settings,
                topology.weights(),
                saver,
                this::finishIfIdle);
        this.flights = scheduler.flights();
        this.admission = scheduler.admission();
        coordinator.ifPresent(others -> others.tell(coordination -> coordination.listen(scheduler.notices())));
        this.listeners.started(this::status);
    }

    /**
     * Answers a prompt.
     *
     * @return completes with the answer, with a {@link PromptException}, or with a {@link ConfigurationException} if
     *     the prompt names an unknown route or account. Cancelling it, or completing it in any other way, unsubscribes
     */
    public CompletableFuture<Completion> complete(Prompt prompt) {
        return submit(prompt, Optional.empty(), Optional.empty());
    }

    /**
     * Answers a prompt whose answer something else than the caches looks up and stores. Equal prompts share the answer
     * until it is stored.
     *
     * @param store used if no equal prompt is under way
     * @return as of {@link #complete(Prompt)}
     */
    public CompletableFuture<Completion> complete(Prompt prompt, AnswerStore store) {
        return submit(prompt, Optional.empty(), Optional.of(store));
    }

    /**
     * Answers a prompt, and streams the answer as it arrives.
     *
     * @return submits the prompt for each subscription; fails like the result of {@link #complete}. Subscribers are
     *     called on the timeline's executor, or on the subscribing thread
     */
    public Flow.Publisher<Delta> stream(Prompt prompt) {
        return subscriber -> {
            Reader reader = new Reader(Objects.requireNonNull(subscriber, "subscriber"), timeline.executor());
            reader.introduce();
            if (!reader.isOver()) {
                var unused =
                        submit(prompt, Optional.of(reader), Optional.empty()).whenComplete(reader::ended);
                if (reader.isOver()) {
                    reader.cancel(); // If it was cancelled meanwhile, it had no subscription to leave yet.
                }
            }
            reader.mailbox().drain();
        };
    }

    /** Returns the most tokens reserved for a prompt on a target; none if unknown, as for an unknown route. */
    public TokenCount tokensToReserve(Prompt prompt) {
        return pool.route(prompt.route())
                .map(route -> {
                    Demand demand = Demand.of(route.bounded(prompt), route, UNHEARD);
                    return monitor.decide(
                            () -> demand.reserving(route, pool.forecast()).mostTokens());
                })
                .orElse(TokenCount.NONE);
    }

    /** Returns the targets of a prompt's route whose providers refuse it, and why; none if the route is unknown. */
    public Map<TargetSettings, String> refusals(Prompt prompt) {
        Map<TargetSettings, String> refusals = new HashMap<>();
        pool.route(prompt.route())
                .ifPresent(route -> Demand.of(route.bounded(prompt), route, UNHEARD)
                        .refusals(route)
                        .forEach((target, why) ->
                                refusals.put(new TargetSettings(target.account().id(), target.model()), why)));
        return refusals;
    }

    /**
     * Withdraws a waiting prompt, by the result of {@link #complete}; during a call, once that has failed. Ignores
     * anything else, such as another engine's.
     */
    public void withdraw(CompletableFuture<?> answer) {
        if (answer instanceof Subscription.CallerFuture outcome && monitor.decide(() -> leaveIfWaiting(outcome))) {
            outcome.cancel(false);
        }
    }

    /** Takes the caller out under the lock, so that no call begins for it afterwards. */
    private boolean leaveIfWaiting(Subscription.CallerFuture outcome) {
        Optional<Subscription> subscription =
                outcome.subscription().filter(own -> flights.underWay().contains(own.flight()));
        Optional<Subscription> waiting = subscription.filter(Subscription::isWaiting);
        waiting.ifPresentOrElse(flights::leave, () -> subscription.ifPresent(Subscription::wantsNoFurtherCall));
        return waiting.isPresent();
    }

    /** Estimates as {@link WaitEstimator#timeFor} does; empty if the route is unknown. Calls no service. */
    public Optional<Duration> timeFor(List<Prompt> like, long count) {
        if (like.isEmpty()) {
            throw new IllegalArgumentException("name at least one prompt like those to come");
        }
        Optional<Route> route = pool.route(like.get(0).route());
        if (route.isEmpty()) {
            return Optional.empty();
        }
        List<Flight> flights =
                like.stream().map(prompt -> unopened(prompt, route.get())).toList();
        Map<LimitUse, Long> leftForAll = leftForAll();
        return monitor.decide(
                () -> isPresent(route.get()) ? admission.timeFor(flights, count, leftForAll) : Optional.empty());
    }

    /** Creates a flight only to estimate its needs. Calls plugins. */
    private Flight unopened(Prompt prompt, Route route) {
        Prompt whole = route.bounded(prompt);
        Flight flight = new Flight(PromptKeys.of(whole, route), whole, route, timeline.nanoTime());
        flight.demand(Demand.of(whole, route, UNHEARD));
        return flight;
    }

    /** Returns the key that a prompt shares with all equal ones; empty if it names an unknown route. */
    public Optional<CacheKey> key(Prompt prompt) {
        return pool.route(prompt.route())
                .map(route -> PromptKeys.of(route.bounded(prompt), route).withoutQuestion());
    }

    /**
     * Returns a prompt of texts to embed, for the one model that embeds all of them, and the most that a call may embed
     * on any of the accounts that may answer it.
     *
     * @throws ConfigurationException if the prompt names an unknown route, account or model
     */
    public EmbeddingPlan embedding(Prompt prompt) {
        Route route = pool.routeOf(prompt);
        List<Target> targets = route.embedding(prompt);
        EmbeddingBounds bounds = targets.stream()
                .flatMap(target -> target.account().embeddings().stream())
                .reduce(EmbeddingBounds::and)
                .orElse(ANY_BOUNDS);
        String model = targets.get(0).model();
        List<CacheKey> keys = prompt.messages().stream()
                .map(text -> PromptKeys.of(
                        prompt.toBuilder().messages(List.of(text)).model(model).build(), route))
                .toList();
        Prompt whole = prompt.toBuilder()
                .model(model)
                .deadline(prompt.deadline().or(() -> route.settings().deadline()))
                .build();
        return new EmbeddingPlan(whole, keys, bounds);
    }

    /**
     * Takes a request that asks its prompts by and by: closing waits until it has ended, and lets its prompts be
     * answered. It fails after the grace, or at once if the engine is closing.
     *
     * @return whether it is taken
     */
    @SuppressWarnings("CollectionUndefinedEquality")
    public boolean take(CompletableFuture<?> request) {
        boolean taken = monitor.decide(() -> !closing && requests.add(request));
        if (taken) {
            request.whenComplete((done, failure) -> monitor.decide(() -> {
                requests.remove(request);
                finishIfIdle();
            }));
        } else {
            request.completeExceptionally(PromptErrors.closed());
        }
        return taken;
    }

    /** Returns whether a request was {@linkplain #take taken} and hasn't ended. */
    @SuppressWarnings("CollectionUndefinedEquality")
    public boolean has(CompletableFuture<?> request) {
        return monitor.decide(() -> requests.contains(request));
    }

    /** A prompt of texts for one model, the key of each text, and the bounds of its calls. */
    public record EmbeddingPlan(Prompt prompt, List<CacheKey> keys, EmbeddingBounds bounds) {}

    /** Looks an answer up in the caches. The outcome is called exactly once. */
    public void find(CacheKey key, Consumer<Optional<Completion>> outcome) {
        caches.find(key, found -> outcome.accept(found.map(Engine::fromCache)));
    }

    /**
     * Stores an answer in the caches, of which there must be one.
     *
     * @param stored runs once the nearest cache has it or has failed
     */
    public void store(CacheKey key, CacheEntry entry, Runnable stored) {
        caches.toStore(key, entry, () -> true, stored, () -> {}).run();
    }

    private CompletableFuture<Completion> submit(Prompt prompt, Optional<Reader> reader, Optional<AnswerStore> store) {
        Route route;
        try {
            route = pool.routeOf(prompt);
        } catch (ConfigurationException e) {
            return CompletableFuture.failedFuture(e);
        }
        Prompt whole = route.bounded(prompt);
        CacheKey key = PromptKeys.of(whole, route);
        // Capturing runs code of others, so not under the lock.
        CallerContext context = reader.map(Reader::context).orElseGet(CallerContext::capture);
        Optional<Subscription> subscription = monitor.decide(() ->
                isPresent(route) ? Optional.of(join(key, whole, route, reader, store, context)) : Optional.empty());
        if (subscription.isEmpty()) {
            return submit(prompt, reader, store); // A reload replaced the route meanwhile.
        }
        goAhead(subscription.get());
        CompletableFuture<Completion> future = subscription.get().future();
        future.whenComplete((completion, failure) -> leave(subscription.get()));
        return future;
    }

    /** The future has completed: the caller has been answered, or has completed it himself and leaves. */
    private void leave(Subscription subscription) {
        if (!subscription.hasEnded()) {
            monitor.decide(() -> flights.leave(subscription));
        }
    }

    private boolean isPresent(Route route) {
        return pool.route(Optional.of(route.name())).equals(Optional.of(route));
    }

    /**
     * Runs the first steps on the caller's own thread, which saves two changes of thread: none of them blocks, and no
     * code depends on the caller's future yet. A streaming caller drains its own mailbox.
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

    private Subscription join(
            CacheKey key,
            Prompt prompt,
            Route route,
            Optional<Reader> reader,
            Optional<AnswerStore> store,
            CallerContext context) {
        long now = timeline.nanoTime();
        boolean refused = over || (closing && store.isEmpty()); // Only requests that were taken have a store.
        Optional<Flight> there = prompt.cache().read() && !refused ? flights.find(key) : Optional.empty();
        if (there.isPresent()) {
            Subscription subscription = flights.subscribe(there.get(), prompt, true, reader, context, now);
            if (prompt.priority() == Priority.INTERACTIVE && there.get().priority() == Priority.BATCH) {
                scheduler.hurry(there.get());
            }
            admission.refuseIfTooLate(subscription, now);
            return subscription;
        }
        Flight flight = flights.open(key, prompt, route, now);
        flight.store(store);
        flight.mailbox().claim();
        Subscription subscription = flights.subscribe(flight, prompt, false, reader, context, now);
        if (refused) {
            flights.fail(flight, PromptErrors.closed());
        } else {
            monitor.after(flight.mailbox(), () -> lookUp(flight));
        }
        return subscription;
    }

    private void lookUp(Flight flight) {
        if (caches.isEmpty()
                || flight.store().isPresent()
                || !flight.prompt().cache().read()) {
            admission.enter(flight);
            return;
        }
        long lookedNanos = timeline.nanoTime();
        Runnable unanswered = () -> monitor.decide(flight::doubt);
        caches.find(flight.key(), unanswered, found -> {
            if (found.isEmpty() && sharedCalls.isPresent()) {
                sharedCalls.get().settle(flight, lookedNanos);
            } else {
                go(flight, found);
            }
        });
    }

    /** Lands a flight whose answer was found; queues any other one. */
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

    /** Returns a consistent status; fast, under load too. */
    public StatusSnapshot status() {
        // Plugins may take their time, so not under the lock.
        List<List<String>> remarks = caches.remarks();
        Optional<StatusSnapshot.CoordinatorStatus> coordination = coordinator.map(CoordinationClient::status);
        Map<LimitUse, Long> leftForAll = leftForAll();
        return monitor.decide(() -> {
            long now = timeline.nanoTime();
            StatusReport report = new StatusReport(pool, leftForAll, now, timeline.now());
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
                    coordination,
                    report.accounts(),
                    pool.removed(),
                    scheduler.tenants(now),
                    scheduler.pickerFaults(),
                    notes());
        });
    }

    /** Returns how much all processes have left of what they share, where that is known. Asks a plugin. */
    private Map<LimitUse, Long> leftForAll() {
        return coordinator
                .map(client -> client.left(monitor.decide(pool::sharedLimits)))
                .orElse(Map.of());
    }

    private List<String> notes() {
        Stream<String> ofSaver = saver.flatMap(StateSaver::problem).stream();
        return Stream.concat(notes.stream(), ofSaver).distinct().toList();
    }

    /** Removes the stored answers of a tenant, else all, as {@link CacheTiers#clear} does. */
    public CompletableFuture<Long> clearCaches(Optional<String> tenant) {
        return caches.clear(tenant);
    }

    /**
     * Removes the stored answer of a prompt from every cache; of texts to embed, each one's vector.
     *
     * @return completes when no cache has it any more; or with a cache's failure, or with a
     *     {@link ConfigurationException} if the prompt names an unknown route
     */
    public CompletableFuture<Void> forget(Prompt prompt) {
        List<CacheKey> keys;
        try {
            Route route = pool.routeOf(prompt);
            keys = prompt.operation() == Prompt.Operation.EMBEDDING
                    ? embedding(prompt).keys()
                    : List.of(PromptKeys.of(route.bounded(prompt), route));
        } catch (ConfigurationException e) {
            return CompletableFuture.failedFuture(e);
        }
        return CompletableFuture.allOf(keys.stream().map(caches::remove).toArray(CompletableFuture<?>[]::new));
    }

    /** Returns the callers' confirmations of answers, for the caches. */
    public Confirmations confirmations() {
        return confirmations;
    }

    /** Allows one probe now of everything that is closed until somebody fixes it. */
    public void recheck() {
        monitor.decide(() -> {
            long now = timeline.nanoTime();
            pool.scopes().forEach(scope -> scope.closure().checkNow(now));
            pool.accounts().forEach(account -> account.credential().checkNow(now));
            pool.targets().forEach(target -> target.availability().checkNow(now));
            scheduler.dispatch(DispatchTrigger.ANYTHING);
        });
    }

    /**
     * Switches to another topology, at once and for everything under way, as {@code Whippletree.reload} describes. Call
     * it once at a time. Blocks while it reads the accounts' tokens and the state folder.
     *
     * @param next must have the engine's caches and coordination, which don't change
     * @param unused gets the client of each removed account, once no attempt uses it
     * @throws IllegalArgumentException if a route names an account that isn't there; nothing has changed then
     */
    public void reload(Topology next, Consumer<ProviderClient> unused) {
        Set<String> retokened = pool.retokened(next);
        Optional<SavedState> saved = saver.flatMap(StateSaver::read);
        monitor.decide(() -> {
            long now = timeline.nanoTime();
            Collection<ScopeState> known = pool.scopes();
            List<LimitUse> shared = pool.sharedLimits();
            pool.change(next, now)
                    .forEach(account -> account.leave(() -> monitor.announce(() -> unused.accept(account.client()))));
            notes = next.notes();
            coordinator.ifPresent(others -> enter(pool.usedOfNewlyShared(shared, now), others));
            saved.ifPresent(state -> saver.ifPresent(keeper -> keeper.resumeAllBut(known, state)));
            scheduler.poolChanged(retokened, next.weights(), now);
        });
        saver.ifPresent(StateSaver::poolChanged);
    }

    private void enter(Map<LimitUse, Map<Duration, Long>> uses, CoordinationClient others) {
        monitor.announce(() -> uses.forEach((limit, byAge) -> others.tell(to -> to.enter(limit, byAge))));
    }

    /**
     * Takes no more prompts, and lets those under way end.
     *
     * @param grace after which the rest ends with {@link Reason#CLOSED}; zero: at once
     * @return ends when no prompt is under way
     */
    public CompletableFuture<Void> close(Duration grace) {
        long graceNanos = Waits.nanos(grace);
        Timeline.Timer watch = timeline.schedule(SLOW_NANOS, () -> monitor.warnOfOwner("Closing"));
        monitor.decide(() -> {
            watch.cancel();
            closing = true;
            finishIfIdle();
            if (!drained.isDone()) {
                timeline.schedule(graceNanos, () -> monitor.decide(this::endTheRest));
            }
        });
        return drained.copy();
    }

    private void endTheRest() {
        over = true;
        for (Flight flight : List.copyOf(flights.underWay())) {
            scheduler.withdraw(flight);
            flights.fail(flight, PromptErrors.closed());
        }
        for (CompletableFuture<?> request : List.copyOf(requests)) {
            monitor.announce(() -> request.completeExceptionally(PromptErrors.closed()));
        }
    }

    private void finishIfIdle() {
        if (closing && requests.isEmpty() && flights.underWay().isEmpty()) {
            over = true;
            scheduler.stop();
            saver.ifPresentOrElse(keeper -> keeper.end().thenRun(this::ended), () -> monitor.announce(this::ended));
        }
    }

    private void tookIn() {
        scheduler.dispatch(DispatchTrigger.ANYTHING);
    }

    private void ended() {
        listeners.ended();
        drained.complete(null);
    }
}
