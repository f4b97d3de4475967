package dev.whippletree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.ConfigurationTree;
import dev.whippletree.config.Reloaded;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.plugin.FakePlugins;
import dev.whippletree.plugin.FakePlugins.FakeCache;
import dev.whippletree.plugin.FakePlugins.FakeProvider;
import dev.whippletree.plugin.FakePlugins.FakeStrategy;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Another configuration for a Whippletree that is built: read again, checked, opened, told. */
@ResourceLock(FakePlugins.LOCK)
final class WhippletreeReloadTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);

    @TempDir
    Path folder;

    @BeforeEach
    void forget() {
        FakePlugins.EVENTS.clear();
    }

    /** Answers with its token. */
    private static final class RevealingProvider implements Provider {

        @Override
        public String name() {
            return "revealing";
        }

        @Override
        public Set<SettingKey> settings() {
            return Set.of();
        }

        @Override
        public List<AccountSettings> fromEnvironment(Map<String, String> environment) {
            return List.of();
        }

        @Override
        public Map<String, String> environmentVariables() {
            return Map.of();
        }

        @Override
        public ProviderClient connect(AccountSettings account, Services services) {
            FakePlugins.EVENTS.add("connect " + account.id());
            return new RevealingClient(account.token());
        }
    }

    private record RevealingClient(Optional<Secret> token) implements ProviderClient {

        @Override
        public Admission admission(Prompt prompt, String model) {
            return Admission.NONE;
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            sink.delta(new Delta.Text(token.map(Secret::reveal).orElse("none")));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            return () -> {};
        }

        @Override
        public void close() {}
    }

    private void write(String yaml) throws IOException {
        Files.writeString(folder.resolve("whippletree.yaml"), yaml);
    }

    private Whippletree built(String yaml) throws IOException {
        write(yaml);
        Whippletree built = Whippletree.builder()
                .timeline(timeline)
                .provider(new FakeProvider())
                .provider(new RevealingProvider())
                .cache(new FakeCache())
                .strategy(new FakeStrategy())
                .configuration(folder.resolve("whippletree.yaml"))
                .environment(Map.of("SECRET", "third"))
                .build();
        FakePlugins.EVENTS.clear();
        return built;
    }

    private Reloaded reloaded(Whippletree whippletree, String yaml) throws IOException {
        write(yaml);
        Reloaded reloaded = whippletree.reload();
        timeline.runAll();
        return reloaded;
    }

    private String answer(Whippletree whippletree, Prompt prompt) {
        CompletableFuture<Completion> answer = whippletree.complete(prompt);
        timeline.runAll();
        return answer.join().text();
    }

    @Test
    void settingsOfTheProgram_areReadAgain() {
        List<Map<String, Object>> accounts = new ArrayList<>();
        accounts.add(Map.of("id", "a", "provider", "fake"));
        Whippletree whippletree = Whippletree.builder()
                .timeline(timeline)
                .provider(new FakeProvider())
                .configuration(() -> new ConfigurationTree(
                        "properties",
                        "",
                        Map.of("accounts", List.copyOf(accounts)),
                        Map.of(),
                        Map.of(),
                        name -> Optional.empty()))
                .build();

        accounts.add(Map.of("id", "b", "provider", "fake"));
        assertThat(whippletree.reload().lines()).contains("account b: added");
        accounts.add(Map.of("id", "b", "provider", "fake"));
        assertThatThrownBy(whippletree::reload)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("properties: accounts[2].id: another account has the id 'b' already");
        assertThat(whippletree.configuration().accounts()).hasSize(2);
    }

    @Test
    void fileThatWasChanged_isReadAgain_andTheResultSaysWhatIsNew() throws IOException {
        Whippletree whippletree = built("""
                accounts: [{id: a, provider: fake}, {id: b, provider: fake}]
                routes: {r: {model: m}, old: {model: m}}
                """);
        Reloaded reloaded = reloaded(whippletree, """
                accounts: [{id: c, provider: fake}, {id: b, provider: fake, weight: 2, limits: [5 / 1m]}]
                routes: {s: {model: m}, r: {model: n, strategy: fake}}
                """);
        assertThat(reloaded.lines())
                .containsExactly(
                        "account c: added",
                        "account a: removed",
                        "account b: changed: weight, limits",
                        "route s: added",
                        "route old: removed",
                        "route r: changed: tiers, strategy",
                        "route s: is now the default");
        assertThat(reloaded.needsRestart()).isEmpty();
        assertThat(FakePlugins.EVENTS).containsExactly("open c", "open strategy", "close a");
        assertThat(whippletree.status().accounts())
                .extracting(account -> account.id())
                .containsExactly("c", "b");
        assertThat(whippletree.configuration().routes())
                .extracting(route -> route.name())
                .containsExactly("s", "r");
        assertThat(answer(whippletree, Prompt.of("Hello"))).endsWith(", m");
    }

    @Test
    void fileThatIsTheSame_changesNothing() throws IOException {
        String yaml = """
                accounts: [{id: a, provider: fake}]
                routes: {r: {model: m, strategy: fake}}
                caches: [fake]
                """;
        Whippletree whippletree = built(yaml);
        assertThat(reloaded(whippletree, yaml)).hasToString("nothing changed");
        assertThat(FakePlugins.EVENTS).isEmpty();
    }

    @Test
    void configurationThatCannotBeUsed_changesNothing_andEveryProblemIsTold() throws IOException {
        Whippletree whippletree = built("accounts: [{id: a, provider: fake}]");
        write("""
                accounts: [{id: b, provider: fake, fail: refuse}, {id: c, provider: fake}, {id: d, provider: fake, fail: crash}]
                """);
        ConfigurationException problem = catchThrowableOfType(ConfigurationException.class, whippletree::reload);
        assertThat(problem.problems()).hasSize(2).first().isEqualTo("account b: fail is refused");
        assertThat(FakePlugins.EVENTS).containsExactly("open c", "close c");
        write("acounts: []");
        assertThatThrownBy(whippletree::reload)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("acounts");
        assertThat(whippletree.configuration().accounts())
                .extracting(AccountSettings::id)
                .containsExactly("a");
        assertThat(answer(whippletree, Prompt.of("Hello"))).startsWith("answer of a");
    }

    @Test
    void whatCannotChangeWhileRunning_isNamed_andAllElseIsApplied() throws IOException {
        Whippletree whippletree = built("accounts: [{id: a, provider: fake}]\ncaches: [fake]");
        Reloaded reloaded = reloaded(whippletree, """
                accounts: [{id: b, provider: fake}]
                caches: [{name: fake, size: 3}]
                line-size: 3
                tenant-line-size: 2
                batch-share: 7%
                max-concurrency: 3
                cache-timeout: 3s
                state: elsewhere
                plugins: more
                """);
        assertThat(reloaded.needsRestart())
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactly(
                        "caches",
                        "line-size",
                        "tenant-line-size",
                        "batch-share",
                        "max-concurrency",
                        "cache-timeout",
                        "state",
                        "plugins");
        assertThat(whippletree.status().notes()).containsAll(reloaded.needsRestart());
        assertThat(whippletree.configuration().engine().lineSize()).isEqualTo(10_000);
        assertThat(FakePlugins.EVENTS).containsExactly("open b", "close a");
        Reloaded back = reloaded(whippletree, "accounts: [{id: b, provider: fake}]\ncaches: [fake]");
        assertThat(back).hasToString("nothing changed");
        assertThat(whippletree.status().notes()).isEmpty();
    }

    @Test
    void changedWeights_holdAtOnce() throws IOException {
        Whippletree whippletree =
                built("accounts: [{id: b, provider: fake}]\ntenant-weights: {x: 2, y: 3}\ncaches: []");
        Reloaded reloaded = reloaded(
                whippletree, "accounts: [{id: b, provider: fake}]\ntenant-weights: {y: 3, z: 5, w: 1}\ncaches: []");
        assertThat(reloaded.lines()).containsExactly("tenant x: changed: weight", "tenant z: changed: weight");
        assertThat(reloaded.needsRestart()).isEmpty();
        assertThat(whippletree.configuration().weights().of("z")).isEqualTo(5);
    }

    @Test
    void changedWeightOfAClient_holdsAtOnce() throws IOException {
        String clients = "accounts: [{id: b, provider: fake}]\ncaches: []\n"
                + "gateway: {clients: [{name: x, key: key-of-x-01234567WEIGHT}]}";
        Whippletree whippletree = built(clients.replace("WEIGHT", ", weight: 4"));
        assertThat(whippletree.configuration().weights().of("x")).isEqualTo(4);
        assertThat(reloaded(whippletree, clients.replace("WEIGHT", ", weight: 2"))
                        .lines())
                .containsExactly("tenant x: changed: weight");
        assertThat(whippletree.configuration().weights().of("x")).isEqualTo(2);
        assertThatThrownBy(() ->
                        reloaded(whippletree, clients.replace("WEIGHT", ", weight: 3") + "\ntenant-weights: {x: 3}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("tenant-weights.x also sets this client's weight");
        assertThat(whippletree.configuration().weights().of("x")).isEqualTo(2);
        reloaded(whippletree, clients.replace("WEIGHT", ""));
        assertThat(whippletree.configuration().weights().of("x")).isEqualTo(1);
    }

    @Test
    void changedToken_isUsedFromTheNextCallOn_onTheSameConnection_andIsNotTold() throws IOException {
        Whippletree whippletree = built("accounts: [{id: a, provider: revealing, token: first}]\ncaches: []");
        assertThat(answer(whippletree, Prompt.of("one"))).isEqualTo("first");
        Reloaded reloaded =
                reloaded(whippletree, "accounts: [{id: a, provider: revealing, token: second}]\ncaches: []");
        assertThat(answer(whippletree, Prompt.of("two"))).isEqualTo("second");
        assertThat(FakePlugins.EVENTS).isEmpty();
        assertThat(reloaded).hasToString("account a: changed: token");
        reloaded(whippletree, "accounts: [{id: a, provider: revealing, token: '${SECRET}'}]\ncaches: []");
        assertThat(answer(whippletree, Prompt.of("three"))).isEqualTo("third");
        reloaded(whippletree, "accounts: [{id: a, provider: revealing}]\ncaches: []");
        assertThat(answer(whippletree, Prompt.of("four"))).isEqualTo("none");
        assertThat(FakePlugins.EVENTS).containsExactly("connect a");
    }

    @Test
    void changedSettingOfTheProvider_connectsAnew() throws IOException {
        Whippletree whippletree = built("accounts: [{id: a, provider: fake}]");
        Reloaded reloaded = reloaded(whippletree, "accounts: [{id: a, provider: fake, close-fails: yes}]");
        assertThat(reloaded).hasToString("account a: changed: close-fails");
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close a");
        whippletree.close(Duration.ZERO);
        timeline.runAll();
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close a", "close a");
    }

    @Test
    void configuration_mayBeGiven_alsoWithoutASource() {
        Whippletree whippletree = Whippletree.builder()
                .timeline(timeline)
                .provider(new FakeProvider())
                .account("a", "fake", "x")
                .build();
        assertThatThrownBy(whippletree::reload)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ConfigurationSource");
        Configuration there = whippletree.configuration();
        Configuration none = new Configuration(List.of(), there.routes(), there.caches(), there.engine(), List.of());
        assertThatThrownBy(() -> whippletree.reload(none))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("there is no account");
        assertThat(whippletree.reload(there)).hasToString("nothing changed");
    }

    @Test
    void closed_takesNoOtherConfiguration() throws IOException {
        Whippletree whippletree = built("accounts: [{id: a, provider: fake}]");
        whippletree.close(Duration.ZERO);
        timeline.runAll();
        FakePlugins.EVENTS.clear();
        write("accounts: [{id: b, provider: fake}]");
        assertThatThrownBy(whippletree::reload).isInstanceOf(IllegalStateException.class);
        assertThat(FakePlugins.EVENTS).isEmpty();
    }
}
