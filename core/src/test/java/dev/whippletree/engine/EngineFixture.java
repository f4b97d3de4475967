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
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import dev.whippletree.state.StateFolder;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.time.Timeline;
import dev.whippletree.time.VirtualTimeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An engine in virtual time over scripted accounts, put together step by step, and anew as often as a test likes. */
final class EngineFixture {

    static final String MODEL = "model";

    /** No round time, as of a machine that has run for hours. */
    private static final long START_NANOS = 7_777_777_777_777L;

    final VirtualTimeline timeline;

    /** The accounts whose clients reloads have closed. */
    final List<String> closed = new ArrayList<>();

    private final long startNanos;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<ProviderClient, String> names = new HashMap<>();
    private final Map<String, List<List<String>>> routes = new LinkedHashMap<>();
    private final List<Topology.OpenCache> caches = new ArrayList<>();
    private final List<EngineListener> listeners = new ArrayList<>();
    private Optional<Topology.OpenCoordination> coordination = Optional.empty();
    private UnaryOperator<RouteSettings> route = settings -> settings;
    private EngineSettings settings = EngineSettings.DEFAULT;
    private TenantWeights weights = TenantWeights.EQUAL;
    private List<String> notes = List.of();
    private @Nullable Picker picker;
    private @Nullable Engine engine;
    private @Nullable StateFolder state;
    private @Nullable Timeline engineTimeline;

    EngineFixture() {
        this(new VirtualTimeline(42), START_NANOS);
        timeline.advance(Duration.ofNanos(START_NANOS));
    }

    /** One of several lives on a timeline. */
    EngineFixture(VirtualTimeline timeline) {
        this(timeline, 0);
    }

    private EngineFixture(VirtualTimeline timeline, long startNanos) {
        this.timeline = timeline;
        this.startNanos = startNanos;
    }

    /** Returns the time since the start. */
    Duration elapsed() {
        return Duration.ofNanos(timeline.nanoTime() - startNanos);
    }

    /** An account as it is said at the moment. */
    final class Member {

        private ScriptedClient client = new ScriptedClient(timeline, startNanos);
        private AccountSettings settings;
        private List<String> limits = List.of();

        Member(AccountSettings settings) {
            this.settings = settings;
        }

        Member limits(String... texts) {
            limits = List.of(texts);
            return this;
        }

        Member with(UnaryOperator<AccountSettings.Builder> change) {
            settings = change.apply(settings.toBuilder()).build();
            return this;
        }

        /** Other settings of the provider's: its client is another. */
        Member reconnected() {
            client = new ScriptedClient(timeline, startNanos);
            return with(builder -> builder.setting("base-url", "another"));
        }

        ScriptedClient client() {
            return client;
        }

        private Topology.OpenAccount open(String id) {
            names.put(client, id);
            AccountSettings.Builder said = settings.toBuilder();
            limits.forEach(said::limit);
            return new Topology.OpenAccount(said.build(), client);
        }
    }

    /** Adds an account, or returns it to be changed. All of these are of one kind, unless they say otherwise. */
    Member member(String id) {
        return members.computeIfAbsent(
                id,
                name -> new Member(AccountSettings.builder(name, "scripted")
                        .maxConcurrency(1000)
                        .build()));
    }

    /** An account with limits, in a tier of its own making: {@link #tier} otherwise. */
    ScriptedClient account(String id, String... limits) {
        return account(id, Optional.empty(), 1000, limits);
    }

    /** Each account has settings of its own, so that each client is asked what a prompt takes. */
    ScriptedClient account(String id, Optional<String> organization, int concurrency, String... limits) {
        AccountSettings.Builder said =
                AccountSettings.builder(id, "scripted").setting("script", id).maxConcurrency(concurrency);
        organization.ifPresent(said::organization);
        List.of(limits).forEach(said::limit);
        return account(said.build());
    }

    ScriptedClient account(AccountSettings said) {
        Member member = new Member(said);
        members.put(said.id(), member);
        return member.client;
    }

    /** An account with a token, whose organization another may share. */
    ScriptedClient account(String id, String organization, Secret token) {
        account(id, Optional.of(organization), 1000);
        return member(id).with(said -> said.token(token)).client;
    }

    EngineFixture without(String id) {
        members.remove(id);
        return this;
    }

    /** Adds a tier to the default route. An account's id stands for its usual model; {@code id/model} for another. */
    EngineFixture tier(String... ids) {
        routes.computeIfAbsent("default", name -> new ArrayList<>()).add(List.of(ids));
        return this;
    }

    /** Says that a route has one tier of these accounts. */
    EngineFixture route(String name, String... ids) {
        routes.put(name, new ArrayList<>(List.of(List.of(ids))));
        return this;
    }

    EngineFixture withoutRoute(String name) {
        routes.remove(name);
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

    EngineFixture weights(Map<String, Integer> byTenant) {
        weights = new TenantWeights(byTenant);
        return this;
    }

    EngineFixture notes(String... others) {
        notes = List.of(others);
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

    /** Tells the engine what was said since it began. */
    void reload() {
        engine().reload(topology(), client -> closed.add(names.getOrDefault(client, "nobody")));
    }

    Topology topology() {
        if (routes.isEmpty()) {
            tier(members.keySet().toArray(String[]::new));
        }
        Map<String, Topology.OpenRoute> open = new LinkedHashMap<>();
        routes.forEach((name, tiers) -> open.put(name, open(name, tiers)));
        List<Topology.OpenAccount> accounts = new ArrayList<>();
        members.forEach((id, member) -> accounts.add(member.open(id)));
        return new Topology(accounts, open, open.keySet().iterator().next(), caches, coordination, notes, weights);
    }

    private Topology.OpenRoute open(String name, List<List<String>> tiers) {
        List<Picker> pickers = new ArrayList<>();
        for (int tier = 0; tier < tiers.size(); tier++) {
            Picker chosen = picker;
            pickers.add(chosen != null ? chosen : new RoundRobin().open(Settings.none("test"), timeline.random()));
        }
        List<Tier> targets = tiers.stream()
                .map(names -> new Tier(names.stream().map(EngineFixture::target).toList()))
                .toList();
        return new Topology.OpenRoute(route.apply(RouteSettings.of(name, targets)), pickers);
    }

    private static TargetSettings target(String name) {
        int slash = name.indexOf('/');
        return slash < 0
                ? new TargetSettings(name, MODEL)
                : new TargetSettings(name.substring(0, slash), name.substring(slash + 1));
    }

    CompletableFuture<Completion> ask(String text) {
        return engine().complete(Prompt.of(text));
    }

    CompletableFuture<Completion> ask(Prompt prompt) {
        return engine().complete(prompt);
    }

    CompletableFuture<Completion> ask(String text, Duration deadline) {
        return ask(Prompt.builder().user(text).deadline(deadline).build());
    }

    /** Asks one account alone. */
    CompletableFuture<Completion> askOf(String account, String text) {
        return ask(Prompt.builder().user(text).account(account).build());
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
