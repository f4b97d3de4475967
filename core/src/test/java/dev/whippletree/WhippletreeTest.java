package dev.whippletree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.Configuration.CacheTier;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.Secret;
import dev.whippletree.plugin.FakePlugins;
import dev.whippletree.plugin.FakePlugins.FakeCache;
import dev.whippletree.plugin.FakePlugins.FakeProvider;
import dev.whippletree.plugin.FakePlugins.FakeStrategy;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

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
    void accountsAndACache_areAllItTakes() {
        try (Whippletree whippletree = Whippletree.builder()
                .provider(new FakeProvider())
                .cache(new FakeCache())
                .account("a", "fake", "token-a")
                .account("b", "fake", "token-b")
                .cache("fake")
                .build()) {

            Completion answer = whippletree.complete(HELLO).join();

            assertThat(answer.text()).isEqualTo("answer of a, " + Configuration.DEFAULT_MODEL);
            assertThat(whippletree.status().prompts().answered()).isEqualTo(1);
            assertThat(whippletree.configuration().routes().get(0).name()).isEqualTo("default");
        }
        assertThat(FakePlugins.EVENTS)
                .containsExactly("open a", "open b", "open cache", "close cache", "close b", "close a");
    }

    @Test
    void programThatAsksOnce_opensNoCacheThatEndsWithIt() {
        Cache ending = mock();
        when(ending.name()).thenReturn("ending");
        when(ending.endsWithProcess()).thenReturn(true);
        Whippletree.Builder builder = builder().account("a", "fake", "x").cache(ending);

        assertThat(answer(builder.cache("ending").cache("fake").keptCachesOnly()))
                .startsWith("answer of a");

        assertThat(FakePlugins.EVENTS).contains("open cache");
        verify(ending, never()).open(any(), any());
    }

    @Test
    void stateFolder_isSavedToWhenItIsClosed() {
        AccountSettings account = new AccountSettings(
                "a",
                "fake",
                Optional.of(Secret.of("token-a")),
                Optional.empty(),
                1,
                OptionalInt.empty(),
                Optional.empty(),
                List.of(new DeclaredLimit(Limit.parse("10 requests / 1d"), Optional.empty())),
                Settings.none("account a"));
        for (int run = 0; run < 3; run++) {
            try (Whippletree whippletree = realTime(account)) {
                whippletree.complete(HELLO).join();
            }
        }
        try (Whippletree whippletree = realTime(account)) {
            assertThat(whippletree.status().accounts().get(0).limits().get(0).left())
                    .isEqualTo(7);
        }
    }

    private Whippletree realTime(AccountSettings account) {
        return Whippletree.builder()
                .provider(new FakeProvider())
                .account(account)
                .state(folder)
                .build();
    }

    @Test
    void stateFolderThatIsNotThere_isAWarningAndNoMore() {
        Whippletree whippletree = builder()
                .account("a", "fake", "token-a")
                .state(folder.resolve("missing"))
                .build();
        assertThat(whippletree.configuration().warnings())
                .singleElement()
                .asString()
                .contains("isn't there; create it");
        assertThat(whippletree.status().notes())
                .isEqualTo(whippletree.configuration().warnings());
    }

    @Test
    void environmentDeclaresAccountsAndModel_butAGivenModelIsStronger() {
        Map<String, String> environment = Map.of("FAKE_TOKEN", "x", "WHIPPLETREE_MODEL", "theirs");

        assertThat(answer(builder().environment(environment))).isEqualTo("answer of fake-1, theirs");
        assertThat(answer(builder().environment(environment).model("mine"))).isEqualTo("answer of fake-1, mine");
    }

    @Test
    void fileNamesProviderCacheAndStrategy_andAPromptGoesThroughAllThree() throws IOException {
        Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts: [{id: a, provider: fake}]
                routes: {r: {model: m, strategy: fake}}
                caches: [fake]
                """);

        assertThat(answer(builder().configuration(source(Map.of())))).isEqualTo("answer of a, m");
        assertThat(FakePlugins.EVENTS).contains("open a", "open strategy", "open cache");
    }

    @Test
    void givenModel_isTheOneOfAFilesRoutesThatNameNone() throws IOException {
        Files.writeString(folder.resolve("whippletree.yaml"), "accounts: [{id: a, provider: fake}]");
        ConfigurationSource source = source(Map.of("WHIPPLETREE_MODEL", "theirs"));

        assertThat(answer(builder().configuration(source).model("mine"))).isEqualTo("answer of a, mine");
    }

    @Test
    void unknownNames_areAllTold() {
        ConfigurationException problem = problem(
                builder().account("a", "fak", "x").account("b", "fake", "y").cache("fake", Map.of("sze", "1")));

        assertThat(problem.problems())
                .containsExactly(
                        "account a: no provider named 'fak'; known: fake; did you mean 'fake'?",
                        "cache fake: sze: unknown setting; did you mean 'size'?");
        assertThat(FakePlugins.EVENTS).isEmpty();
    }

    @Test
    void wholeConfiguration_isCheckedToo() {
        Configuration configuration = new Configuration(
                List.of(),
                List.of(),
                List.of(new CacheTier("none", Settings.none("cache none"))),
                EngineSettings.DEFAULT,
                List.of());

        assertThat(problem(builder().configuration(configuration)).problems())
                .hasSize(2)
                .first()
                .isEqualTo("there is no account; add one, or take them from the environment");
    }

    @Test
    void sameTokenTwice_isAnError_withoutTheValue() {
        ConfigurationException problem =
                problem(builder().account("a", "fake", "very-secret").account("b", "fake", "very-secret"));

        assertThat(problem).hasMessageContaining("accounts a and b have the same token");
        assertThat(problem.toString()).doesNotContain("very-secret");
    }

    @Test
    void noAccount_isSaid() {
        assertThat(problem(builder().environment(Map.of())).problems())
                .containsExactly("there is no account; add one with account(…) or take them from the environment");
    }

    @Test
    void refusalOfAPlugin_leavesNothingOpen() {
        AccountSettings refused =
                AccountSettings.of("b", "fake", Optional.empty(), new Settings("account b", Map.of("fail", "refuse")));

        ConfigurationException problem =
                problem(builder().account("a", "fake", "x").account(refused));

        assertThat(problem.problems()).containsExactly("account b: fail is refused");
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close a");
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
    void clearedCaches_sayHowManyAnswersWereThere() {
        Whippletree whippletree =
                builder().account("a", "fake", "x").cache("fake").build();

        CompletableFuture<Long> removed = whippletree.clearCaches(Optional.empty());
        timeline.runAll();

        assertThat(removed).isCompletedWithValue(0L);
    }

    private Whippletree.Builder builder() {
        return Whippletree.builder()
                .timeline(timeline)
                .provider(new FakeProvider())
                .cache(new FakeCache())
                .strategy(new FakeStrategy());
    }

    private String answer(Whippletree.Builder builder) {
        CompletableFuture<Completion> answer = builder.build().complete(HELLO);
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
