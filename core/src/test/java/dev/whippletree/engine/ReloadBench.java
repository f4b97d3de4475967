package dev.whippletree.engine;

import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import dev.whippletree.state.StateFolder;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An engine in virtual time over scripted accounts, whose topology is said anew as often as a test likes. */
final class ReloadBench {

    static final String MODEL = "model";

    final VirtualTimeline timeline;
    final List<String> closed = new ArrayList<>();
    final Map<String, List<Picker>> pickers = new LinkedHashMap<>();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, RouteSettings> routes = new LinkedHashMap<>();
    private final Map<String, Topology.OpenRoute> open = new LinkedHashMap<>();
    private final List<Topology.OpenCache> caches = new ArrayList<>();
    private Optional<StateFolder> state = Optional.empty();
    private @Nullable Engine engine;

    ReloadBench() {
        this(new VirtualTimeline(42));
    }

    /** One of several lives on a timeline. */
    ReloadBench(VirtualTimeline timeline) {
        this.timeline = timeline;
    }

    /** An account as it is said at the moment. All are of one kind unless they say otherwise. */
    final class Member {

        private final String id;
        private ScriptedClient client = new ScriptedClient(timeline);
        private List<String> limits = List.of();
        private Optional<String> organization = Optional.empty();
        private Optional<Secret> token = Optional.empty();
        private Optional<Duration> transit = Optional.empty();
        private Map<String, String> settings = Map.of();
        private int concurrency = 1000;
        private int weight = 1;

        Member(String id) {
            this.id = id;
        }

        Member limits(String... texts) {
            limits = List.of(texts);
            return this;
        }

        Member organization(String name) {
            organization = Optional.of(name);
            return this;
        }

        Member token(Secret secret) {
            token = Optional.of(secret);
            return this;
        }

        Member transit(Duration most) {
            transit = Optional.of(most);
            return this;
        }

        Member concurrency(int most) {
            concurrency = most;
            return this;
        }

        Member weight(int share) {
            weight = share;
            return this;
        }

        /** Other settings of the provider's: its client is another. */
        Member reconnected() {
            client = new ScriptedClient(timeline);
            settings = Map.of("base-url", "another");
            return this;
        }

        ScriptedClient client() {
            return client;
        }

        private AccountSettings said() {
            AccountSettings.Builder builder = AccountSettings.builder(id, "scripted")
                    .weight(weight)
                    .maxConcurrency(concurrency)
                    .settings(settings);
            limits.forEach(builder::limit);
            token.ifPresent(builder::token);
            organization.ifPresent(builder::organization);
            transit.ifPresent(builder::transit);
            return builder.build();
        }
    }

    /** Adds an account, or returns it to be changed. */
    Member account(String id) {
        return members.computeIfAbsent(id, Member::new);
    }

    ReloadBench without(String id) {
        members.remove(id);
        return this;
    }

    /** Says that a route has one tier of these accounts. */
    ReloadBench route(String name, String... ids) {
        return tiers(name, MODEL, List.of(ids));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    final ReloadBench tiers(String name, String model, List<String>... tiers) {
        List<Tier> all = Arrays.stream(tiers)
                .map(ids -> new Tier(
                        ids.stream().map(id -> new TargetSettings(id, model)).toList()))
                .toList();
        RouteSettings before = routes.get(name);
        routes.put(name, before == null ? RouteSettings.of(name, all) : before.withTiers(all));
        return this;
    }

    ReloadBench change(String name, UnaryOperator<RouteSettings> change) {
        routes.computeIfPresent(name, (same, route) -> change.apply(route));
        return this;
    }

    ReloadBench withoutRoute(String name) {
        routes.remove(name);
        return this;
    }

    ReloadBench cache(CacheStore store) {
        caches.add(new Topology.OpenCache("memory", store));
        return this;
    }

    ReloadBench state(StateFolder folder) {
        state = Optional.of(folder);
        return this;
    }

    Engine engine() {
        if (engine == null) {
            engine = new Engine(timeline, topology(), EngineSettings.DEFAULT, List.of(), state);
        }
        return engine;
    }

    void reload() {
        engine().reload(topology(), client -> closed.add(nameOf(client)));
    }

    private final Map<ProviderClient, String> names = new LinkedHashMap<>();

    private String nameOf(ProviderClient client) {
        return Objects.requireNonNull(names.get(client));
    }

    Topology topology() {
        if (routes.isEmpty()) {
            route("default", members.keySet().toArray(String[]::new));
        }
        List<Topology.OpenAccount> accounts = new ArrayList<>();
        members.forEach((id, member) -> {
            names.put(member.client, id);
            accounts.add(new Topology.OpenAccount(member.said(), member.client));
        });
        Map<String, Topology.OpenRoute> present = new LinkedHashMap<>();
        routes.forEach((name, route) -> present.put(name, opened(route)));
        return new Topology(
                accounts,
                present,
                routes.keySet().iterator().next(),
                caches,
                List.of("said with " + accounts.size() + " accounts"));
    }

    private Topology.OpenRoute opened(RouteSettings route) {
        Topology.OpenRoute there = open.get(route.name());
        if (there != null && there.settings().equals(route)) {
            return there;
        }
        List<Picker> fresh = route.tiers().stream()
                .map(tier -> new RoundRobin().open(Settings.none("test"), timeline.random()))
                .toList();
        Topology.OpenRoute opened = new Topology.OpenRoute(route, fresh);
        open.put(route.name(), opened);
        pickers.put(route.name(), fresh);
        return opened;
    }

    CompletableFuture<Completion> ask(String text) {
        return engine().complete(Prompt.of(text));
    }

    CompletableFuture<Completion> ask(Prompt prompt) {
        return engine().complete(prompt);
    }

    List<CompletableFuture<Completion>> askMany(int count) {
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            answers.add(ask("question " + number));
        }
        return answers;
    }

    void advance(Duration ahead) {
        timeline.advance(ahead);
    }

    void run() {
        timeline.runAll();
    }

    StatusSnapshot status() {
        return engine().status();
    }

    StatusSnapshot.AccountStatus status(String id) {
        return status().accounts().stream()
                .filter(account -> account.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
