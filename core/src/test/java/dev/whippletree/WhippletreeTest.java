package dev.whippletree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.multibindings.Multibinder;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.config.Configuration.ChosenCoordinator;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.config.ConfigurationTree;
import dev.whippletree.guice.WhippletreeModule;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.Secret;
import dev.whippletree.model.TokenCount;
import dev.whippletree.plugin.FakePlugins;
import dev.whippletree.plugin.FakePlugins.FakeCache;
import dev.whippletree.plugin.FakePlugins.FakeProvider;
import dev.whippletree.plugin.FakePlugins.FakeStrategy;
import dev.whippletree.plugin.FakePlugins.Twin;
import dev.whippletree.plugin.FoundPlugin;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock(FakePlugins.LOCK)
final class WhippletreeTest {

    private static final Prompt HELLO = Prompt.of("Hello");

    private final VirtualTimeline timeline = new VirtualTimeline(1);

    @TempDir
    Path folder;

    @BeforeEach
    void forget() {
        FakePlugins.EVENTS.clear();
    }

    @Test
    void accountsAndACache_areAllItTakes_andAreClosedInReverse_thoughOneFailsTo() {
        FakeProvider provider = new FakeProvider();
        LoggedLines log = new LoggedLines("dev.whippletree.plugin.PluginOpener");
        try (log;
                Whippletree whippletree = Whippletree.builder()
                        .provider(provider)
                        .cache(new FakeCache())
                        .account("a", "fake", "token-a")
                        .account(AccountSettings.builder("b", "fake")
                                .setting("close-fails", "yes")
                                .build())
                        .cache("fake")
                        .build()) {
            Completion answer = whippletree.complete(HELLO).join();

            assertThat(answer.text()).isEqualTo("answer of a, " + Configuration.DEFAULT_MODEL);
            assertThat(whippletree.status().prompts().answered()).isEqualTo(1);
            assertThat(whippletree.status().notes())
                    .singleElement()
                    .asString()
                    .startsWith("The fake accounts a, b count as 2 organizations");
            assertThat(whippletree.configuration().routes().get(0).name()).isEqualTo("default");
            assertThat(provider.services().logger("x").getName()).isEqualTo("dev.whippletree.x");
            assertThat(provider.services()
                            .complete(HELLO)
                            .toCompletableFuture()
                            .join()
                            .text())
                    .startsWith("answer of");
        }
        assertThat(FakePlugins.EVENTS)
                .containsExactly("open a", "open b", "open cache", "close cache", "close b", "close a");
        assertThat(log.all())
                .anyMatch(line -> line.startsWith("WARN A plugin failed to close: " + FakePlugins.class.getName()));
    }

    @Test
    void everyRefusalOfAPlugin_isToldAtOnce_andWhatWasOpenedIsClosed() {
        Cache nothing = mock();
        when(nothing.name()).thenReturn("nothing");
        ConfigurationException problem = problem(builder()
                .cache(nothing)
                .cache("nothing")
                .account("a", "fake", "x")
                .account(AccountSettings.builder("b", "fake")
                        .setting("fail", "refuse")
                        .build())
                .account(AccountSettings.builder("c", "fake")
                        .setting("fail", "crash")
                        .build())
                .account(AccountSettings.builder("d", "fake")
                        .setting("fail", "overflow")
                        .build())
                .route(route("fake", new Settings("route r", Map.of("share", "much"))))
                .cache("fake", Map.of("size", "none")));

        assertThat(problem.problems())
                .satisfiesExactly(
                        refused -> assertThat(refused).isEqualTo("account b: fail is refused"),
                        crashed -> assertThat(crashed)
                                .startsWith("account c: the plugin failed: ")
                                .endsWith(": IllegalStateException: out of luck"),
                        overflowed -> assertThat(overflowed)
                                .startsWith("account d: the plugin failed: ")
                                .endsWith(": StackOverflowError: too deep"),
                        route -> assertThat(route)
                                .isEqualTo("route r: share is a whole number from 1 to 10, not 'much'"),
                        none -> assertThat(none)
                                .startsWith("cache nothing: the plugin failed: ")
                                .endsWith("it returned null when opened"),
                        cache -> assertThat(cache)
                                .isEqualTo("cache fake: size is a whole number from 1 to 10, not 'none'"));
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close a");
    }

    @Test
    void programThatAsksOnce_opensNoCacheThatEndsWithIt() {
        Cache ending = mock();
        when(ending.name()).thenReturn("ending");
        when(ending.endsWithProcess()).thenReturn(true);
        Whippletree.Builder builder = builder().account("a", "fake", "x").cache(ending);

        Whippletree whippletree =
                builder.cache("ending").cache("fake").asksOnce().build();
        assertThat(answer(whippletree)).startsWith("answer of a");
        CompletableFuture<Long> removed = whippletree.clearCaches();
        timeline.runAll();
        assertThat(removed).isCompletedWithValue(0L);

        assertThat(FakePlugins.EVENTS).contains("open cache");
        verify(ending, never()).open(any(), any());
    }

    /** Ten programs that end are as good as one that asks ten times. */
    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "least-in-flight", "most-headroom"})
    void programsThatAskOnce_takeTheAccountThatTheStateSaysIsLeastUsed(String strategy) {
        Map<String, Integer> answers = new TreeMap<>();
        for (int run = 0; run < 12; run++) {
            try (Whippletree whippletree = Whippletree.builder()
                    .provider(new FakeProvider())
                    .account(limited("a", 1))
                    .account(limited("b", 2))
                    .route(route(strategy, Settings.none("route")))
                    .state(folder)
                    .asksOnce()
                    .build()) {
                answers.merge(whippletree.complete(HELLO).join().text(), 1, Integer::sum);
            }
        }
        Map<String, Integer> byWeight = Map.of("answer of a, m", 4, "answer of b, m", 8);
        Map<String, Integer> byLimits = Map.of("answer of a, m", 6, "answer of b, m", 6);
        assertThat(answers).isEqualTo(strategy.equals("most-headroom") ? byLimits : byWeight);
    }

    private static AccountSettings limited(String id, int weight) {
        return AccountSettings.builder(id, "fake")
                .weight(weight)
                .limit("1000 requests / 1d")
                .build();
    }

    private static RouteSettings route(String strategy, Settings settings) {
        List<TargetSettings> targets = List.of(new TargetSettings("a", "m"), new TargetSettings("b", "m"));
        return RouteSettings.builder("r", List.of(new Tier(targets)))
                .strategy(strategy, settings)
                .build();
    }

    @Test
    void programsThatAskOnce_takeAnyAccountWhereNothingIsKnown_unlessTheRouteSaysWhich() {
        assertThat(askedFirst("round-robin", Map.of(), Whippletree.Builder::asksOnce))
                .containsExactlyInAnyOrder("answer of a, m", "answer of b, m");
        assertThat(askedFirst("round-robin", Map.of("start", "first"), Whippletree.Builder::asksOnce))
                .containsExactly("answer of a, m");
        assertThat(askedFirst("in-order", Map.of(), Whippletree.Builder::asksOnce))
                .containsExactly("answer of a, m");
    }

    @Test
    void processesThatShareAccounts_beginAnywhere_unlessTheRouteSaysWhere() {
        Coordinator coordinator = mock();
        when(coordinator.name()).thenReturn("shared");
        when(coordinator.open(any(), any())).thenAnswer(call -> mock(Coordination.class));
        UnaryOperator<Whippletree.Builder> shared =
                builder -> builder.coordinator(coordinator).coordinator("shared", Map.of());

        assertThat(askedFirst("least-in-flight", Map.of(), shared))
                .containsExactlyInAnyOrder("answer of a, m", "answer of b, m");
        assertThat(askedFirst("least-in-flight", Map.of("start", "first"), shared))
                .containsExactly("answer of a, m");
    }

    /** Returns what 20 programs are answered that begin. */
    private static Set<String> askedFirst(
            String strategy, Map<String, String> settings, UnaryOperator<Whippletree.Builder> kind) {
        return LongStream.range(0, 20)
                .mapToObj(seed -> {
                    VirtualTimeline alone = new VirtualTimeline(seed);
                    Whippletree.Builder builder = Whippletree.builder()
                            .timeline(alone)
                            .provider(new FakeProvider())
                            .account("a", "fake", "x")
                            .account("b", "fake", "y")
                            .route(route(strategy, new Settings("route r", settings)));
                    CompletableFuture<Completion> answer =
                            kind.apply(builder).build().complete(HELLO);
                    alone.runAll();
                    return answer.join().text();
                })
                .collect(Collectors.toSet());
    }

    @Test
    void environmentDeclaresAccountsAndModel_butAGivenModelIsStronger() {
        Map<String, String> environment = Map.of("FAKE_TOKEN", "x", "WHIPPLETREE_MODEL", "theirs");

        assertThat(answer(builder().environment(environment))).isEqualTo("answer of fake-1, theirs");
        assertThat(answer(builder().environment(environment).model("mine"))).isEqualTo("answer of fake-1, mine");
    }

    @Test
    void fileIsAllItTakes_withTheVariablesThatAreGiven() throws IOException {
        Path file = Files.writeString(folder.resolve("team.yaml"), """
                accounts: [{id: a, provider: fake, token: '${TOKEN}'}]
                routes: {r: {strategy: fake}}
                caches: [fake]
                state: missing
                plugins: more
                """);
        Map<String, String> environment = Map.of("TOKEN", "x", "WHIPPLETREE_MODEL", "theirs");
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        Files.writeString(plugins.resolve("text.jar"), "no jar");
        Path more = Files.createDirectory(folder.resolve("more"));
        Files.writeString(more.resolve("text.jar"), "no jar");
        LoggedLines log = new LoggedLines(Whippletree.class);
        Whippletree whippletree = builder()
                .configuration(file)
                .environment(environment)
                .plugins(plugins)
                .build();

        assertThat(FakePlugins.EVENTS).contains("open a", "open strategy", "open cache");
        assertThat(whippletree.configuration().state()).contains(folder.resolve("missing"));
        assertThat(whippletree.configuration().warnings())
                .singleElement()
                .asString()
                .contains("doesn't exist; create it");
        assertThat(whippletree.status().notes())
                .isEqualTo(whippletree.configuration().warnings());
        assertThat(answer(whippletree)).isEqualTo("answer of a, theirs");
        assertThat(whippletree.reload()).hasToString("nothing changed");
        log.close();
        String warning = "WARN " + whippletree.configuration().warnings().get(0);
        assertThat(log.ofThisThread().stream().distinct())
                .hasSize(4)
                .anyMatch(line -> line.startsWith("WARN A plugin can't be loaded and isn't used: " + plugins))
                .anyMatch(line -> line.startsWith("WARN A plugin can't be loaded and isn't used: " + more))
                .contains(warning, "INFO The configuration has been reloaded: nothing changed");
        assertThat(whippletree.configuration().warnings()).hasSize(1);
        assertThat(answer(builder().configuration(file).environment(environment).model("mine")))
                .isEqualTo("answer of a, mine");
        Files.writeString(folder.resolve("whippletree.yaml"), "accounts: [{id: b, provider: fake}]");
        assertThat(answer(builder()
                        .configuration(source(Map.of("WHIPPLETREE_MODEL", "theirs")))
                        .model("mine")))
                .isEqualTo("answer of b, mine");
    }

    @Test
    void fileThatIsOpened_takesItsVariablesFromThisProcess() throws IOException {
        Path file = Files.writeString(
                folder.resolve("team.yaml"), "accounts: [{id: a, provider: none, token: '${NO_SUCH_VARIABLE}'}]");

        assertThat(catchThrowableOfType(ConfigurationException.class, () -> Whippletree.open(file)))
                .hasMessageContaining(
                        "team.yaml, line 1: accounts[0].token: the environment variable NO_SUCH_VARIABLE isn't set");
        Files.writeString(file, "accounts: [{id: a, provider: none, token: '${PATH}'}]");
        assertThat(catchThrowableOfType(ConfigurationException.class, () -> Whippletree.open(file)))
                .hasMessageNotContaining("PATH");
        assertThat(catchThrowableOfType(
                        ConfigurationException.class, () -> Whippletree.open(folder.resolve("missing.yaml"))))
                .hasMessageContaining("missing.yaml");
    }

    @Test
    void partBesideAWholeConfiguration_isAnErrorThatNamesBoth() throws IOException {
        Path file = Files.writeString(folder.resolve("whippletree.yaml"), "accounts: [{id: a, provider: fake}]");
        Configuration whole = builder().configuration(file).build().configuration();
        RouteSettings route = whole.routes().get(0);

        assertThat(problem(builder()
                                .configuration(file)
                                .account("b", "fake", "y")
                                .route(route)
                                .cache("fake")
                                .coordinator("fake", Map.of())
                                .engine(EngineSettings.DEFAULT)
                                .tenantWeights(TenantWeights.EQUAL)
                                .model("mine")
                                .environment(Map.of()))
                        .problems())
                .containsExactly(
                        noEffect("account(…)", "configuration(Path)"),
                        noEffect("route(…)", "configuration(Path)"),
                        noEffect("cache(…)", "configuration(Path)"),
                        noEffect("coordinator(…)", "configuration(Path)"),
                        noEffect("engine(…)", "configuration(Path)"),
                        noEffect("tenantWeights(…)", "configuration(Path)"));
        assertThat(problem(builder()
                                .configuration(source(Map.of()))
                                .model("mine")
                                .environment(Map.of()))
                        .problems())
                .containsExactly(noEffect("environment(…)", "configuration(ConfigurationSource)"));
        assertThat(problem(builder().configuration(whole).model("mine")).problems())
                .containsExactly(noEffect("model(…)", "configuration(Configuration)"));
        assertThat(problem(builder().account("b", "fake", "y").route(route).model("mine"))
                        .problems())
                .containsExactly(
                        "model(…) has no effect beside route(…), whose targets name their models; remove one of them");
        Supplier<ConfigurationTree> tree = () -> {
            throw new AssertionError("it is read though something is wrong");
        };
        assertThat(problem(builder().configuration(tree).model("mine")).problems())
                .containsExactly(noEffect("model(…)", "configuration(Supplier)"));
        assertThat(problem(builder().configuration(source(Map.of())).configuration(file))
                        .problems())
                .containsExactly(twoWholes("configuration(Path) and configuration(ConfigurationSource)"));
        assertThat(problem(builder().configuration(tree).configuration(whole)).problems())
                .containsExactly(twoWholes("configuration(Configuration) and configuration(Supplier)"));
    }

    private static String twoWholes(String both) {
        return both + " each set the whole configuration; remove all but one";
    }

    @Test
    void everyPart_isPartOfTheConfiguration() {
        Coordinator coordinator = mock();
        when(coordinator.name()).thenReturn("alone");
        when(coordinator.open(any(), any())).thenReturn(mock());
        AccountSettings account =
                AccountSettings.builder("a", "fake").token(Secret.of("x")).build();
        RouteSettings route = RouteSettings.builder("r")
                .tier(new TargetSettings("a", "m"))
                .tier(new TargetSettings("a", "n"))
                .strategy("fake")
                .build();
        Whippletree whippletree = builder()
                .coordinator(coordinator)
                .account(account)
                .route(route)
                .cache("fake", Map.of("size", "3"))
                .coordinator("alone", Map.of())
                .engine(EngineSettings.DEFAULT.withLineSize(7))
                .tenantWeights(new TenantWeights(Map.of("t", 3)))
                .state(folder)
                .build();

        assertThat(whippletree.configuration())
                .isEqualTo(new Configuration(
                        List.of(account),
                        List.of(route),
                        List.of(new CacheTierSettings("fake", new Settings("cache fake", Map.of("size", "3")))),
                        Optional.of(new ChosenCoordinator("alone", Settings.none("coordinator alone"))),
                        EngineSettings.DEFAULT.withLineSize(7),
                        Optional.empty(),
                        List.of(),
                        Optional.of(folder),
                        Optional.empty(),
                        new TenantWeights(Map.of("t", 3))));
        assertThat(FakePlugins.EVENTS)
                .as("a picker for each tier")
                .containsExactly("open a", "open strategy", "open strategy", "open cache");
        whippletree.reload(whippletree.configuration().withRoutes(List.of(route.withTimeouts(route.timeouts()))));
        assertThat(FakePlugins.EVENTS).as("the route is the same").hasSize(4);
    }

    @Test
    void clientOfTheProgram_isAskedInPlaceOfTheProviders() {
        ProviderClient wrapper = mock();
        when(wrapper.admission(any(), any())).thenReturn(Admission.NONE);
        when(wrapper.refuses(any(), any())).thenReturn(Optional.of("not today"));
        Whippletree whippletree = builder()
                .account("a", "fake", "x")
                .clients((account, client) -> wrapper)
                .build();
        CompletableFuture<Completion> answer = whippletree.complete(HELLO);
        timeline.runAll();
        assertThatThrownBy(answer::join).hasMessageContaining("not today");
    }

    @Test
    void clientOfTheProgram_thatIsMissingOrThrows_isToldAsItIs() {
        assertThat(problem(builder().account("a", "fake", "x").clients((account, client) -> null))
                        .problems())
                .containsExactly("account a: clients(…) returned null for it");
        assertThatThrownBy(builder().account("a", "fake", "x").clients((account, client) -> {
                    throw new IllegalStateException("no wrapping");
                })::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no wrapping");
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close a", "open a", "close a");
    }

    @Test
    void providerThatFailsToSayWhatItEmbeds_orGivesNoCall_isNamedInTheError() {
        ProviderClient broken = mock();
        when(broken.admission(any(), any())).thenReturn(Admission.NONE);
        when(broken.embeddings()).thenThrow(new NoClassDefFoundError("broken provider"));
        Whippletree whippletree = builder()
                .account("a", "fake", "x")
                .clients((account, client) -> broken)
                .build();
        CompletableFuture<Embeddings> vectors = whippletree.embed(List.of("a", "b"));
        CompletableFuture<Completion> answer = whippletree.complete(HELLO);
        timeline.runAll();
        assertThatThrownBy(vectors::join)
                .hasCauseInstanceOf(PromptException.class)
                .hasMessageContaining("account a: its provider failed: ")
                .hasMessageContaining("broken provider");
        assertThatThrownBy(answer::join)
                .hasCauseInstanceOf(PromptException.class)
                .hasMessageContaining("account a, ")
                .hasMessageContaining("send returned nothing that cancels the call");
    }

    @Test
    void nullArguments_areRefusedAtOnce_byName_andChangeNothing() {
        Whippletree.Builder builder = builder().account("a", "fake", "x");
        Map<String, ThrowingCallable> refusals = Map.of(
                "account", () -> builder.account(null),
                "route", () -> builder.route(null),
                "listener", () -> builder.listener(null),
                "provider", () -> builder.provider(null),
                "cache", () -> builder.cache((Cache) null),
                "strategy", () -> builder.strategy(null),
                "wrapper", () -> builder.clients(null),
                "folder", () -> builder.plugins(null),
                "file", () -> builder.configuration((Path) null));
        refusals.forEach((name, refusal) -> assertThatThrownBy(refusal).as(name).hasMessage(name));

        Whippletree whippletree = builder.build();
        assertThatThrownBy(() -> whippletree.stream(HELLO, null)).hasMessage("pieces");
        assertThatThrownBy(() -> whippletree.close(null)).isInstanceOf(NullPointerException.class);
        assertThat(answer(whippletree)).startsWith("answer of a");
        assertThat(whippletree.status().calls()).isEqualTo(1);
    }

    @Test
    void promptForVectors_isNoChat() {
        Whippletree whippletree = builder().account("a", "fake", "x").build();
        Prompt vectors = Prompt.embedding(List.of("a"));
        for (ThrowingCallable asking : List.<ThrowingCallable>of(
                () -> whippletree.complete(vectors),
                () -> whippletree.stream(vectors),
                () -> whippletree.stream(vectors, piece -> {}),
                () -> whippletree.ask(vectors))) {
            assertThatThrownBy(asking).hasMessage("this prompt is for vectors: call embed");
        }
    }

    @Test
    void callsOnTheWhole_reachTheCaches() {
        CacheStore store = mock();
        Completion stored = new Completion(
                "Hi",
                Optional.empty(),
                List.of(),
                FinishReason.STOP,
                Optional.empty(),
                new Origin(Origin.Source.CACHE, "a", "m", 0, Duration.ZERO, Optional.of("mocked")));
        when(store.clear(any())).thenReturn(CompletableFuture.completedFuture(3L));
        when(store.remove(any())).thenReturn(CompletableFuture.completedFuture(null));
        when(store.unconfirmed(any())).thenReturn(Optional.of(new CacheEntry(stored, Instant.MAX)));
        Cache cache = mock();
        when(cache.name()).thenReturn("mocked");
        when(cache.open(any(), any())).thenReturn(store);
        Whippletree whippletree =
                builder().account("a", "fake", "x").cache(cache).cache("mocked").build();
        Prompt prompt =
                Prompt.builder().user("Hello").tenant("t").question("Hello").build();
        CacheKey key = whippletree.key(prompt).orElseThrow();

        List<CompletableFuture<?>> done =
                List.of(whippletree.clearCaches("t"), whippletree.clearCaches(), whippletree.forget(prompt));
        whippletree.confirm(prompt, true);
        whippletree.confirm(key, false);
        timeline.runAll();

        assertThat(done).allMatch(each -> each.isDone() && !each.isCompletedExceptionally());
        verify(store).clear(Optional.of("t"));
        verify(store).clear(Optional.empty());
        verify(store).remove(key);
        verify(store).confirm(key, true);
        verify(store).confirm(key, false);
        assertThat(whippletree.confirmationKey(prompt)).contains(key);
        assertThat(whippletree.confirmationKey(HELLO)).isEmpty();
        assertThat(whippletree.unconfirmed(prompt).orElseThrow().text()).isEqualTo("Hi");
        assertThat(whippletree.tokensToReserve(prompt)).isEqualTo(TokenCount.NONE);
        assertThat(Whippletree.isReusable(stored) && Whippletree.isReusable(prompt, stored))
                .isTrue();
    }

    @Test
    void withdrawn_leavesTheLine_asAnAnswer_asAStream_andAsVectors() {
        Whippletree whippletree = builder()
                .account(AccountSettings.builder("a", "fake")
                        .limit("1 requests / 1h")
                        .build())
                .build();
        CompletableFuture<Embeddings> vectors = whippletree.embed(List.of("zero"));
        timeline.advance(Duration.ofSeconds(1));
        assertThat(vectors.join().all().get(0).base64()).startsWith("answer of a");
        List<CompletableFuture<?>> waiting = List.of(
                whippletree.complete(Prompt.of("one")),
                whippletree.stream(Prompt.of("two"), piece -> {}),
                whippletree.embed(List.of("three")));
        timeline.advance(Duration.ofSeconds(1));
        assertThat(whippletree.status().waiting()).isEqualTo(3);
        assertThat(whippletree.timeFor(List.of(HELLO), 3).orElseThrow()).isGreaterThan(Duration.ofHours(1));
        waiting.forEach(whippletree::withdraw);
        timeline.advance(Duration.ofSeconds(1));
        assertThat(whippletree.status().waiting()).isZero();
        assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
    }

    @Test
    void whatAnInjectorBinds_isUsed() {
        EngineListener listener = mock();
        when(listener.opened(any())).thenReturn(call -> {});
        Injector injector = Guice.createInjector(
                new WhippletreeModule(Whippletree.builder()
                        .timeline(timeline)
                        .account("a", "fake", "x")
                        .account("b", "fake", "y")
                        .route(route("fake", Settings.none("route r")))
                        .cache("fake")),
                binder -> {
                    Multibinder.newSetBinder(binder, Provider.class)
                            .addBinding()
                            .toInstance(new FakeProvider());
                    Multibinder.newSetBinder(binder, Cache.class).addBinding().toInstance(new FakeCache());
                    Multibinder.newSetBinder(binder, BalancingStrategy.class)
                            .addBinding()
                            .toInstance(new FakeStrategy());
                    Multibinder.newSetBinder(binder, EngineListener.class)
                            .addBinding()
                            .toInstance(listener);
                });
        Whippletree whippletree = injector.getInstance(Whippletree.class);
        assertThat(injector.getInstance(Whippletree.class)).isSameAs(whippletree);
        assertThat(answer(whippletree)).isEqualTo("answer of a, m");
        verify(listener).answered(any(), any());
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "open b", "open strategy", "open cache");
    }

    private static String noEffect(String part, String whole) {
        return part + " has no effect beside " + whole + ", which sets the whole configuration; remove one of them";
    }

    @Test
    void everyMistake_isToldAtOnce_withoutAValue_andNothingStaysOpen() {
        ConfigurationException problem = problem(builder()
                .account("a", "fake", (String) null)
                .account("b", "fake", " ")
                .account("c", "fake", Secret.ofVariable("NO_SUCH_VARIABLE"))
                .account("d", "fake", Secret.of(""))
                .account("e", "fak", (String) null)
                .account("f", "fake", "very-secret")
                .account("g", "fake", "very-secret")
                .cache("fake", Map.of("sze", "1")));

        assertThat(problem.problems())
                .containsExactly(
                        "account a: no token; check FAKE_TOKEN or the variable that holds it",
                        "account b: no token; check FAKE_TOKEN or the variable that holds it",
                        "account e: no token; check the variable that holds it",
                        "account c: the token can't be read: the environment variable NO_SUCH_VARIABLE isn't set",
                        "account d: the token is empty",
                        "account e: no provider named 'fak'; known: fake; did you mean 'fake'?",
                        "account g: accounts f and g have the same token; give each account its own token, or remove"
                                + " one of them",
                        "cache fake: sze: unknown setting; did you mean 'size'?");
        assertThat(problem.toString()).doesNotContain("very-secret");
        assertThat(problem(builder()
                                .plugins(folder.resolve("missing"))
                                .provider(new Twin())
                                .account("a", "fake", (String) null))
                        .problems())
                .containsExactly(
                        "plugins: " + folder.resolve("missing") + ": there is no such folder",
                        "account a: no token; check FAKE_TOKEN or the variable that holds it");
        ClassLoader none = new URLClassLoader(new URL[0], null);
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        List<List<FoundPlugin>> found = new ArrayList<>();
        found.add(
                builder().provider(new Twin()).classLoader(none).foundPlugins().found());
        Thread.currentThread().setContextClassLoader(none);
        try {
            found.add(builder().provider(new Twin()).foundPlugins().found());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        assertThat(found)
                .allSatisfy(all -> assertThat(all)
                        .extracting(FoundPlugin::origin)
                        .hasSize(4)
                        .containsOnly(FoundPlugin.PluginOrigin.PROGRAM));
        assertThatThrownBy(builder().provider(new Twin())::plugins)
                .hasMessageStartingWith("two plugins are the provider 'fake'");
        assertThat(problem(builder().environment(Map.of())).problems())
                .containsExactly("there is no account; add one with account(…) or take them from the environment");
        assertThat(problem(Whippletree.builder().provider(new FakeProvider()).configuration(source(Map.of())))
                        .problems())
                .containsExactly("there is no account: write a configuration file, or set one of the environment"
                        + " variables [FAKE_TOKEN]");
        Configuration empty = new Configuration(List.of(), List.of(), List.of(), EngineSettings.DEFAULT, List.of());
        assertThat(problem(builder().configuration(empty)).problems())
                .containsExactly("there is no account; add one, or take them from the environment");
        assertThat(FakePlugins.EVENTS).isEmpty();
    }

    /** Returns a provider whose accounts do something when they are closed. */
    private static Provider mocked(Runnable closing) {
        ProviderClient client = mock();
        doAnswer(call -> {
                    closing.run();
                    return null;
                })
                .when(client)
                .close();
        Provider provider = mock();
        when(provider.name()).thenReturn("mocked");
        when(provider.connect(any(), any())).thenReturn(client);
        return provider;
    }

    /** Closing waits for the listener and the plugin, so they can't wait for closing. */
    @Test
    void closedByAListenerAndAPlugin_isClosedAllTheSame() throws Exception {
        AtomicReference<Whippletree> itself = new AtomicReference<>();
        Provider provider = mocked(() -> {
            itself.get().close();
            FakePlugins.EVENTS.add("close b");
        });
        Whippletree whippletree = Whippletree.builder()
                .provider(new FakeProvider())
                .provider(provider)
                .account("a", "fake", "x")
                .account("b", "mocked", "x")
                .listener(new EngineListener() {
                    @Override
                    public void ended() {
                        itself.get().close();
                    }
                })
                .build();
        itself.set(whippletree);
        whippletree.close(Duration.ZERO).get(20, TimeUnit.SECONDS);
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close b", "close a");
    }

    @Test
    void pluginThatIsSlowToClose_isWarnedOf_andTheOthersAreClosedMeanwhile() {
        ProviderClient slow = mock();
        doAnswer(call -> {
                    timeline.advance(Duration.ofSeconds(10));
                    FakePlugins.EVENTS.add("close slow");
                    return null;
                })
                .when(slow)
                .close();
        Provider provider = new FakeProvider() {
            @Override
            public ProviderClient connect(AccountSettings account, Services given) {
                return account.id().equals("slow") ? slow : super.connect(account, given);
            }
        };
        Whippletree whippletree = Whippletree.builder()
                .timeline(timeline)
                .provider(provider)
                .account("a", "fake", "x")
                .account("slow", "fake", "y")
                .build();
        try (LoggedLines log = new LoggedLines("dev.whippletree.plugin.PluginOpener")) {
            CompletableFuture<Void> closed = whippletree.close(Duration.ZERO);
            timeline.runAll();
            assertThat(closed).isCompleted();
            assertThat(log.ofThisThread())
                    .singleElement()
                    .asString()
                    .startsWith("WARN A plugin takes longer than 10 s to close, and closing waits for it: ")
                    .contains("ProviderClient");
        }
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close a", "close slow");
    }

    @Test
    void closed_refusesPrompts_andClosesPluginsOnce() {
        Whippletree whippletree = builder().account("a", "fake", "x").build();

        CompletableFuture<Void> first = whippletree.close(Duration.ZERO);
        whippletree.close();
        timeline.runAll();

        assertThat(first).isCompleted();
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close a");
        CompletableFuture<Completion> late = whippletree.complete(HELLO);
        timeline.runAll();
        assertThat(catchThrowableOfType(CompletionException.class, late::join).getCause())
                .isInstanceOfSatisfying(
                        PromptException.class,
                        exception -> assertThat(exception.reason()).isEqualTo(PromptException.Reason.CLOSED));
    }

    @Test
    void closedOnceMoreMeanwhile_waitsUntilEverythingIsFreed() {
        AtomicReference<Whippletree> itself = new AtomicReference<>();
        AtomicReference<CompletableFuture<Void>> second = new AtomicReference<>();
        Provider provider = mocked(() -> {
            second.set(itself.get().close(Duration.ZERO));
            FakePlugins.EVENTS.add("freed while it is closed: " + second.get().isDone());
        });
        itself.set(builder().provider(provider).account("a", "mocked", "x").build());

        itself.get().close(Duration.ZERO);
        timeline.runAll();

        assertThat(second.get()).isCompleted();
        assertThat(FakePlugins.EVENTS).containsExactly("freed while it is closed: false");
    }

    @Test
    void longestTimeoutOfCaches_isAsGoodAsNone() {
        Duration longest = ChronoUnit.FOREVER.getDuration();
        Whippletree.Builder builder = builder()
                .account("a", "fake", "x")
                .cache("fake")
                .engine(EngineSettings.DEFAULT.withCacheTimeout(longest));
        assertThat(answer(builder)).startsWith("answer of a");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closing_waitsFiveSeconds_andFreesEverything_thoughTheWaitIsCancelled(boolean cancelled) {
        Whippletree whippletree = builder()
                .account(AccountSettings.builder("a", "fake")
                        .token("x")
                        .limit("1 requests / 1h")
                        .build())
                .build();
        assertThat(whippletree.complete(HELLO)).isCompleted();
        CompletableFuture<Completion> waiting = whippletree.complete(Prompt.of("something else"));

        if (cancelled) {
            whippletree.close(Duration.ofSeconds(5)).cancel(false);
        } else {
            whippletree.close();
        }
        timeline.advance(Duration.ofMillis(4_999));
        assertThat(waiting).isNotDone();
        timeline.advance(Duration.ofMillis(2));

        assertThat(waiting).isCompletedExceptionally();
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close a");
    }

    private Whippletree.Builder builder() {
        return Whippletree.builder()
                .timeline(timeline)
                .provider(new FakeProvider())
                .cache(new FakeCache())
                .strategy(new FakeStrategy());
    }

    private String answer(Whippletree.Builder builder) {
        return answer(builder.build());
    }

    private String answer(Whippletree whippletree) {
        CompletableFuture<Completion> answer = whippletree.complete(HELLO);
        timeline.runAll();
        return answer.join().text();
    }

    private static ConfigurationException problem(Whippletree.Builder builder) {
        return catchThrowableOfType(ConfigurationException.class, builder::build);
    }

    private ConfigurationSource source(Map<String, String> environment) {
        return new ConfigurationSource(Optional.empty(), environment, folder);
    }
}
