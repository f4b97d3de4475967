package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.emulator.simulation.SimulatedProvider;
import dev.whippletree.model.Limit;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.testkit.cache.MapCache;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A Whippletree in virtual time over an emulated service. */
public final class Pool {

    private static final String MODEL = "model";
    private static final long LONGEST_NANOS = Duration.ofHours(12).toNanos();

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final List<Account> accounts = new ArrayList<>();
    private final List<MapCache> caches = new ArrayList<>();
    private final List<Coordinator> coordinators = new ArrayList<>();
    private EngineSettings engine = EngineSettings.DEFAULT;
    private UnaryOperator<ServiceSettingsBuilder> service = settings -> settings;
    private ServiceKind kind = ServiceKind.HUGGING_FACE;
    private String model = MODEL;
    private @Nullable SimulatedProvider provider;

    private record Account(String id, boolean declared, String limit) {}

    /** Adds an account whose limit is declared. */
    public Pool account(String id, String limit) {
        accounts.add(new Account(id, true, limit));
        return this;
    }

    /** Adds an account of whose limit the engine knows nothing. */
    public Pool undeclared(String id, String limit) {
        accounts.add(new Account(id, false, limit));
        return this;
    }

    /** Returns how many there are. */
    public int accounts() {
        return accounts.size();
    }

    /** Keeps answers. */
    public Pool cache() {
        caches.add(new MapCache());
        return this;
    }

    /** Shares the limits with other processes. */
    public Pool coordinator(Coordinator coordinator) {
        coordinators.add(coordinator);
        return this;
    }

    public Pool engine(EngineSettings engine) {
        this.engine = engine;
        return this;
    }

    public Pool service(UnaryOperator<ServiceSettingsBuilder> service) {
        this.service = service;
        return this;
    }

    /** Sets which service it is: Hugging Face tells nothing of its limits. */
    public Pool kind(ServiceKind kind) {
        this.kind = kind;
        return this;
    }

    /** Sets the model that is asked for. */
    public Pool model(String model) {
        this.model = model;
        return this;
    }

    public VirtualTimeline timeline() {
        return timeline;
    }

    public ServiceStats stats() {
        return Objects.requireNonNull(provider, "open it first").service().stats();
    }

    /** Opens it: the service answers in a second. */
    public Whippletree open() {
        ServiceSettingsBuilder settings =
                ServiceSettings.builder(kind).latency(Latency.constant(Duration.ofSeconds(1)));
        accounts.forEach(account ->
                settings.account(account.id(), token(account), ServiceLimit.sliding(Limit.parse(account.limit()))));
        SimulatedProvider simulated = new SimulatedProvider(
                "emulated", new EmulatedService(service.apply(settings).build(), timeline.nanoTime()), timeline);
        provider = simulated;
        Whippletree.Builder builder =
                Whippletree.builder().timeline(timeline).provider(simulated).engine(engine);
        accounts.forEach(account -> builder.account(settings(account)));
        caches.forEach(cache -> builder.cache(cache).cache(cache.name()));
        coordinators.forEach(coordinator -> builder.coordinator(coordinator).coordinator(coordinator.name(), Map.of()));
        builder.route(RouteSettings.of(
                "default",
                List.of(new RouteSettings.Tier(accounts.stream()
                        .map(account -> new RouteSettings.TargetSettings(account.id(), model))
                        .toList()))));
        return builder.build();
    }

    private static AccountSettings settings(Account account) {
        AccountSettings.Builder builder =
                AccountSettings.builder(account.id(), "emulated").token(token(account));
        return account.declared() ? builder.limit(account.limit()).build() : builder.build();
    }

    private static String token(Account account) {
        return "token-of-" + account.id();
    }

    /** Runs until a run has ended. */
    public BatchProgress await(BatchRun run) {
        while (!run.end().isDone()) {
            if (!timeline.runNext() || timeline.nanoTime() > LONGEST_NANOS) {
                throw new IllegalStateException(
                        "the run hasn't ended: nothing is left to happen, or twelve hours are over");
            }
        }
        return run.end().join();
    }
}
