package dev.whippletree.engine;

import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Settings;
import dev.whippletree.state.StateFolder;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.time.Timeline;
import dev.whippletree.time.VirtualTimeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An engine in virtual time over scripted accounts, put together step by step. */
final class EngineFixture {

    static final String MODEL = "model";

    final VirtualTimeline timeline;
    private final Map<String, AccountSettings> accounts = new LinkedHashMap<>();
    private final Map<String, ScriptedClient> clients = new LinkedHashMap<>();
    private final List<Topology.OpenCache> caches = new ArrayList<>();
    private final List<List<String>> tiers = new ArrayList<>();
    private final List<EngineListener> listeners = new ArrayList<>();
    private Optional<Topology.OpenCoordination> coordination = Optional.empty();
    private UnaryOperator<RouteSettings> route = settings -> settings;
    private EngineSettings settings = EngineSettings.DEFAULT;
    private TenantWeights weights = TenantWeights.EQUAL;
    private @Nullable Picker picker;
    private @Nullable Engine engine;
    private @Nullable StateFolder state;
    private @Nullable Timeline engineTimeline;

    EngineFixture() {
        this(new VirtualTimeline(42));
    }

    /** One of several lives on a timeline. */
    EngineFixture(VirtualTimeline timeline) {
        this.timeline = timeline;
    }

    /** Each account has settings of its own, so that each client is asked what a prompt takes. */
    private static AccountSettings.Builder settings(String id) {
        return AccountSettings.builder(id, "scripted").setting("script", id);
    }

    /** An account with limits, in a tier of its own making: {@link #tier} otherwise. */
    ScriptedClient account(String id, String... limits) {
        return account(id, Optional.empty(), 1000, limits);
    }

    ScriptedClient account(String id, Optional<String> organization, int concurrency, String... limits) {
        AccountSettings.Builder settings = settings(id).maxConcurrency(concurrency);
        organization.ifPresent(settings::organization);
        List.of(limits).forEach(settings::limit);
        accounts.put(id, settings.build());
        ScriptedClient client = new ScriptedClient(timeline);
        clients.put(id, client);
        return client;
    }

    ScriptedClient account(AccountSettings settings) {
        accounts.put(settings.id(), settings);
        ScriptedClient client = new ScriptedClient(timeline);
        clients.put(settings.id(), client);
        return client;
    }

    /** Gives an account that is there another weight. */
    void weigh(String id, int weight) {
        AccountSettings given = Objects.requireNonNull(accounts.get(id));
        accounts.put(id, given.toBuilder().weight(weight).build());
    }

    /** An account with a token, whose organization another may share. */
    ScriptedClient account(String id, String organization, Secret token) {
        ScriptedClient client = account(id, Optional.of(organization), 1000);
        accounts.put(
                id,
                settings(id)
                        .token(token)
                        .organization(organization)
                        .maxConcurrency(1000)
                        .build());
        return client;
    }

    EngineFixture tier(String... ids) {
        tiers.add(List.of(ids));
        return this;
    }

    EngineFixture cache(String name, CacheStore store) {
        caches.add(new Topology.OpenCache(name, store));
        return this;
    }

    /** A cache that other processes share. */
    EngineFixture sharedCache(String name, CacheStore store) {
        caches.add(new Topology.OpenCache(name, true, store));
        return this;
    }

    EngineFixture coordination(Coordination shared) {
        coordination = Optional.of(new Topology.OpenCoordination("scripted", shared));
        return this;
    }

    EngineFixture route(UnaryOperator<RouteSettings> change) {
        route = change;
        return this;
    }

    EngineFixture settings(EngineSettings other) {
        settings = other;
        return this;
    }

    /** Tenants share by such weights: at the start, or from now on. */
    EngineFixture weights(Map<String, Integer> byTenant) {
        weights = new TenantWeights(byTenant);
        if (engine != null) {
            engine.reload(topology(), client -> {});
        }
        return this;
    }

    EngineFixture picker(Picker other) {
        picker = other;
        return this;
    }

    EngineFixture listener(EngineListener listener) {
        listeners.add(listener);
        return this;
    }

    /** Keeps the limits' state in a folder, which is read now. */
    EngineFixture state(Path folder) {
        state = StateFolder.open(folder);
        return this;
    }

    /** Gives the engine another timeline, over this fixture's. */
    EngineFixture engineTimeline(Timeline other) {
        engineTimeline = other;
        return this;
    }

    Engine engine() {
        if (engine == null) {
            Timeline used = engineTimeline == null ? timeline : engineTimeline;
            engine = new Engine(used, topology(), settings, listeners, Optional.ofNullable(state));
        }
        return engine;
    }

    private Topology topology() {
        if (tiers.isEmpty()) {
            tiers.add(List.copyOf(accounts.keySet()));
        }
        List<Tier> targets = tiers.stream()
                .map(names -> new Tier(names.stream().map(EngineFixture::target).toList()))
                .toList();
        RouteSettings changed = route.apply(RouteSettings.of("default", targets));
        List<Picker> pickers = new ArrayList<>();
        for (int tier = 0; tier < targets.size(); tier++) {
            Picker chosen = picker;
            pickers.add(chosen != null ? chosen : new RoundRobin().open(Settings.none("test"), timeline.random()));
        }
        return new Topology(
                accounts.values().stream()
                        .map(account -> new Topology.OpenAccount(account, client(account.id())))
                        .toList(),
                Map.of("default", new Topology.OpenRoute(changed, pickers)),
                "default",
                caches,
                coordination,
                List.of(),
                weights);
    }

    /** An account's id stands for its usual model; {@code account/model} names another one. */
    private static TargetSettings target(String name) {
        int slash = name.indexOf('/');
        return slash < 0
                ? new TargetSettings(name, MODEL)
                : new TargetSettings(name.substring(0, slash), name.substring(slash + 1));
    }

    private ScriptedClient client(String id) {
        ScriptedClient client = clients.get(id);
        if (client == null) {
            throw new IllegalArgumentException("no account " + id);
        }
        return client;
    }

    CompletableFuture<Completion> ask(String text) {
        return engine().complete(Prompt.of(text));
    }

    CompletableFuture<Completion> ask(Prompt prompt) {
        return engine().complete(prompt);
    }

    List<CompletableFuture<Completion>> askMany(int count) {
        return askMany("question ", count);
    }

    List<CompletableFuture<Completion>> askMany(String text, int count) {
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            answers.add(ask(text + index));
        }
        return answers;
    }

    void run() {
        timeline.runAll();
    }

    void advance(Duration ahead) {
        timeline.advance(ahead);
    }

    StatusSnapshot status() {
        return engine().status();
    }

    StatusSnapshot.AccountStatus status(String account) {
        return status().accounts().stream()
                .filter(status -> status.id().equals(account))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the error that a prompt has ended with. */
    static PromptException failure(CompletableFuture<Completion> answer) {
        if (!answer.isDone()) {
            throw new AssertionError("it hasn't ended");
        }
        try {
            throw new AssertionError("there is an answer: " + answer.join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof PromptException failure) {
                return failure;
            }
            throw e;
        }
    }

    /** Returns a route with other retries. */
    static RouteSettings with(RouteSettings route, Retries retries) {
        return route.toBuilder().retries(retries).build();
    }
}
