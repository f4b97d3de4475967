package dev.whippletree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.ConfigurationTree;
import dev.whippletree.config.Reloaded;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.plugin.FakePlugins;
import dev.whippletree.plugin.FakePlugins.FakeCache;
import dev.whippletree.plugin.FakePlugins.FakeProvider;
import dev.whippletree.plugin.FakePlugins.FakeStrategy;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private void write(String yaml) throws IOException {
        Files.writeString(folder.resolve("whippletree.yaml"), yaml);
    }

    private Whippletree built(String yaml) throws IOException {
        write(yaml);
        Provider other = mock();
        when(other.name()).thenReturn("other");
        when(other.connect(any(), any())).thenReturn(mock());
        Whippletree built = Whippletree.builder()
                .timeline(timeline)
                .provider(new FakeProvider())
                .provider(other)
                .cache(new FakeCache())
                .strategy(new FakeStrategy())
                .configuration(folder.resolve("whippletree.yaml"))
                .clients((account, client) -> wrapped(account, client))
                .environment(Map.of("SECRET", "third", "FAKE_TOKEN", "x"))
                .build();
        FakePlugins.EVENTS.clear();
        return built;
    }

    private static ProviderClient wrapped(AccountSettings account, ProviderClient client) {
        if (account.id().equals("unwrapped")) {
            throw new IllegalStateException("the wrapper failed");
        }
        return client;
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
                .state(folder)
                .build();

        accounts.add(Map.of("id", "b", "provider", "fake"));
        assertThat(whippletree.reload()).hasToString("account b: added; route default: changed: tiers");
        accounts.add(Map.of("id", "b", "provider", "fake"));
        assertThatThrownBy(whippletree::reload)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("properties: accounts[2].id: another account has the id 'b' already");
        assertThat(whippletree.configuration().accounts()).hasSize(2);
    }

    /** The coordinator stays, and with it where the routes begin. */
    @Test
    void fileWithoutTheCoordinator_changesNoRoute() throws IOException {
        Coordinator coordinator = mock();
        when(coordinator.name()).thenReturn("shared");
        when(coordinator.open(any(), any())).thenAnswer(call -> mock(Coordination.class));
        String accounts = "accounts: [{id: a, provider: fake}, {id: b, provider: fake}]\nroutes: {r: {model: m}}\n";
        write(accounts + "coordinator: shared\n");
        Whippletree whippletree = Whippletree.builder()
                .timeline(timeline)
                .provider(new FakeProvider())
                .coordinator(coordinator)
                .configuration(folder.resolve("whippletree.yaml"))
                .environment(Map.of("FAKE_TOKEN", "x"))
                .build();

        try (LoggedLines log = new LoggedLines(Whippletree.class)) {
            String change = "coordinator: changed; takes effect after a restart";
            assertThat(reloaded(whippletree, accounts)).hasToString(change);
            assertThat(log.ofThisThread()).contains("WARN " + change);
        }
    }

    /** It shares no accounts, so its routes begin as they would without the coordinator. */
    @Test
    void sameFile_changesNothing_alsoOfOneThatIsAlone() throws IOException {
        Coordinator coordinator = mock();
        when(coordinator.name()).thenReturn("shared");
        String yaml = "accounts: [{id: a, provider: fake}]\nroutes: {r: {model: m}}\ncoordinator: shared\n";
        write(yaml);
        Whippletree whippletree = Whippletree.builder()
                .timeline(timeline)
                .provider(new FakeProvider())
                .coordinator(coordinator)
                .configuration(folder.resolve("whippletree.yaml"))
                .environment(Map.of("FAKE_TOKEN", "x"))
                .alone()
                .build();

        assertThat(reloaded(whippletree, yaml)).hasToString("nothing changed");
    }

    @Test
    void fileThatWasChanged_isReadAgain_andTheResultSaysWhatIsNew() throws IOException {
        Whippletree whippletree = built("""
                accounts: [{id: a, provider: fake}, {id: b, provider: fake}]
                routes: {r: {model: m}, old: {model: m}}
                gateway: {clients: [{name: x, key: key-of-x-012345678}]}
                tenant-weights: {t: 2}
                """);
        Reloaded reloaded = reloaded(whippletree, """
                accounts: [{id: c, provider: fake}, {id: b, provider: fake, weight: 2, limits: [5 / 1m]}]
                routes: {s: {model: m}, r: {model: n, strategy: fake}}
                gateway: {clients: [{name: y, key: key-of-y-012345678}]}
                tenant-weights: {t: 3, o: 4}
                """);
        assertThat(reloaded.lines())
                .containsExactly(
                        "account c: added",
                        "account a: removed",
                        "account b: changed: weight, limits",
                        "route s: added",
                        "route old: removed",
                        "route r: changed: tiers, strategy",
                        "route s: is now the default",
                        "client y: added",
                        "client x: removed",
                        "tenant o: changed: weight",
                        "tenant t: changed: weight");
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
    void whatCannotChangeWhileRunning_isNamedUntilItIsAsItWas_andAllElseIsApplied() throws IOException {
        Whippletree whippletree = built("accounts: [{id: a, provider: fake}]\ncaches: [fake]");

        Reloaded reloaded = reloaded(whippletree, """
                accounts: [{id: b, provider: fake}]
                caches: [{name: fake, size: 3}]
                line-size: 3
                tenant-weights: {y: 3}
                plugins: more
                """);

        assertThat(reloaded.needsRestart())
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactly("caches", "line-size", "plugins");
        assertThat(whippletree.status().notes()).containsAll(reloaded.needsRestart());
        assertThat(whippletree.configuration().engine().lineSize()).isEqualTo(10_000);
        assertThat(whippletree.configuration().caches().get(0).settings().text("size"))
                .isEmpty();
        assertThat(whippletree.configuration().weights().of("y")).isEqualTo(3);
        assertThat(FakePlugins.EVENTS).containsExactly("open b", "close a");

        Reloaded back = reloaded(whippletree, "accounts: [{id: b, provider: fake}]\ncaches: [fake]");
        assertThat(back).hasToString("tenant y: changed: weight");
        assertThat(whippletree.status().notes()).isEmpty();
        assertThat(FakePlugins.EVENTS).hasSize(2);
    }

    @Test
    void changedSettingOfTheProvider_connectsAnew_andAnotherDoesNot() throws IOException {
        Whippletree whippletree = built("accounts: [{id: a, provider: fake}]");

        reloaded(whippletree, "accounts: [{id: a, provider: fake, weight: 2}]");
        assertThat(FakePlugins.EVENTS).isEmpty();
        reloaded(whippletree, "accounts: [{id: a, provider: other, weight: 2}]");
        assertThat(FakePlugins.EVENTS).containsExactly("close a");
        reloaded(whippletree, "accounts: [{id: a, provider: fake, close-fails: yes}]");
        reloaded(whippletree, "accounts: [{id: a, provider: fake}]");
        assertThat(FakePlugins.EVENTS).containsExactly("close a", "open a", "open a", "close a");
        whippletree.close(Duration.ZERO);
        timeline.runAll();
        assertThat(FakePlugins.EVENTS).as("each is closed once").hasSize(5).endsWith("close a");
    }

    @Test
    void changedToken_isUsedFromTheNextCallOn_onTheSameConnection_andIsNotTold() throws IOException {
        Whippletree whippletree = built("accounts: [{id: a, provider: fake, reveals: yes, token: first}]\ncaches: []");
        assertThat(answer(whippletree, Prompt.of("one"))).isEqualTo("first");
        Reloaded reloaded =
                reloaded(whippletree, "accounts: [{id: a, provider: fake, reveals: yes, token: second}]\ncaches: []");
        assertThat(answer(whippletree, Prompt.of("two"))).isEqualTo("second");
        assertThat(FakePlugins.EVENTS).isEmpty();
        assertThat(reloaded).hasToString("account a: changed: token");
        reloaded(whippletree, "accounts: [{id: a, provider: fake, reveals: yes, token: '${SECRET}'}]\ncaches: []");
        assertThat(answer(whippletree, Prompt.of("three"))).isEqualTo("third");
        reloaded(whippletree, "accounts: [{id: a, provider: fake, reveals: yes}]\ncaches: []");
        assertThat(answer(whippletree, Prompt.of("four"))).isEqualTo("none");
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close a");
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

    private static final String BEFORE = "accounts: [{id: a, provider: fake, weight: 2}]\nroutes: {r: {model: m}}\n";

    /** Others open, the account that was there goes, and so does the route. */
    private static final String OTHER = """
            accounts: [{id: b, provider: fake}, {id: c, provider: fake}]
            routes: {s: {model: n, strategy: fake}}
            gateway: {clients: []}
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "accounts: [ | accounts: [[ | whippletree.yaml",
                "routes: | zzz: | zzz",
                "id: c | id: b | another account has the id 'b' already",
                "id: c | id: c, token: '${file:/no/such}' | /no/such",
                "strategy: fake | strategy: {name: fake, share: x} | share",
                "id: c | id: c, fail: refuse | account c: fail is refused",
                "id: c | id: c, fail: crash | out of luck",
                "id: c | id: unwrapped | the wrapper failed",
                "clients: [] | host: 0.0.0.0 | add clients with keys",
                "clients: [] | clients: [{name: acme, key: '${file:/no/such}'}] | /no/such"
            })
    void stepThatFails_leavesEverythingAsItWas_andTheNextReloadFree(String part, String wrong, String told)
            throws IOException {
        Whippletree whippletree = built(BEFORE);
        Configuration before = whippletree.configuration();
        StatusSnapshot status = whippletree.status();
        write(OTHER.replace(part, wrong));

        assertThatThrownBy(() -> whippletree.reload(next -> {
                    throw new AssertionError("nothing may take over");
                }))
                .hasMessageContaining(told);

        assertUnchanged(whippletree, before, status);
        Files.delete(folder.resolve("whippletree.yaml"));
        assertThatThrownBy(whippletree::reload).hasMessageContaining("there is no such file");
        assertUnchanged(whippletree, before, status);
        assertThat(reloaded(whippletree, OTHER).accounts().added()).containsExactly("b", "c");
        assertThat(answer(whippletree, Prompt.of("Hello, again"))).endsWith(", n");
    }

    private void assertUnchanged(Whippletree whippletree, Configuration before, StatusSnapshot status) {
        assertThat(whippletree.configuration()).isSameAs(before);
        if (whippletree.status().prompts().answered() == 0) {
            assertThat(whippletree.status()).isEqualTo(status);
        }
        List<String> opened = ids("open ");
        opened.remove("strategy");
        assertThat(ids("close ")).as("what was opened for it is closed").containsExactlyInAnyOrderElementsOf(opened);
        assertThat(answer(whippletree, Prompt.of("Hello"))).isEqualTo("answer of a, m");
        Prompt toOther = Prompt.builder().user("Hello").route("s").build();
        assertThat(whippletree.complete(toOther)).isCompletedExceptionally();
    }

    private static List<String> ids(String event) {
        return new ArrayList<>(FakePlugins.EVENTS.stream()
                .filter(line -> line.startsWith(event))
                .map(line -> line.substring(event.length()))
                .toList());
    }

    @Test
    void everyProblemOfAReload_isTold() throws IOException {
        Whippletree whippletree = built("accounts: [{id: a, provider: fake}]");
        write(
                "accounts: [{id: b, provider: fake, fail: refuse}, {id: c, provider: fake}, {id: d, provider: fake, fail: crash}]");

        ConfigurationException problem = catchThrowableOfType(ConfigurationException.class, whippletree::reload);

        assertThat(problem.problems()).hasSize(2).first().isEqualTo("account b: fail is refused");
        assertThat(FakePlugins.EVENTS).containsExactly("open c", "close c");
    }

    @Test
    void companionThatFails_leavesEverythingAsItWas() throws IOException {
        Whippletree whippletree = built(BEFORE);
        Configuration before = whippletree.configuration();
        StatusSnapshot status = whippletree.status();
        write(OTHER);
        Function<Configuration, Runnable> failing = next -> {
            throw new IllegalArgumentException("not on a public address");
        };
        assertThatThrownBy(() -> whippletree.reload(failing)).hasMessage("not on a public address");
        assertThat(ids("open ")).contains("b", "c");
        assertUnchanged(whippletree, before, status);
    }

    @Test
    void companion_isHandedWhatIsToHold_andTakesOverWithTheRest() throws IOException {
        Whippletree whippletree = built(BEFORE);
        write(OTHER);
        AtomicReference<Configuration> handed = new AtomicReference<>();
        List<String> events = new ArrayList<>();
        whippletree.reload(next -> {
            handed.set(next);
            events.addAll(FakePlugins.EVENTS);
            assertThat(whippletree.status().accounts())
                    .extracting(account -> account.id())
                    .containsExactly("a");
            return () -> events.add(
                    "taken over with " + whippletree.status().accounts().size() + " accounts");
        });
        assertThat(events).containsExactly("open b", "open c", "open strategy", "taken over with 2 accounts");
        assertThat(whippletree.configuration()).isSameAs(handed.get());
        assertThat(answer(whippletree, Prompt.of("Hello"))).endsWith(", n");
        whippletree.close(Duration.ZERO);
        timeline.runAll();
        assertThat(ids("close ")).containsExactly("a", "c", "b");
    }
}
