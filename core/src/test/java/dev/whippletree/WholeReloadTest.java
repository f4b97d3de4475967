package dev.whippletree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.whippletree.config.Configuration;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.plugin.FakePlugins;
import dev.whippletree.plugin.FakePlugins.FakeCache;
import dev.whippletree.plugin.FakePlugins.FakeProvider;
import dev.whippletree.plugin.FakePlugins.FakeStrategy;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A reload changes everything or nothing, whichever of its steps fails. */
@ResourceLock(FakePlugins.LOCK)
final class WholeReloadTest {

    private static final String BEFORE = "accounts: [{id: a, provider: fake, weight: 2}]\nroutes: {r: {model: m}}\n";

    /** Another account opens, the one there was goes, and so does the route. */
    private static final String OTHER = """
            accounts: [{id: b, provider: fake}, {id: c, provider: fake}]
            routes: {s: {model: n, strategy: fake}}
            """;

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final AtomicBoolean wrapperFails = new AtomicBoolean();

    @TempDir
    Path folder;

    @BeforeEach
    void forget() {
        FakePlugins.EVENTS.clear();
    }

    private Whippletree built() throws IOException {
        write(BEFORE);
        Whippletree built = Whippletree.builder()
                .timeline(timeline)
                .provider(new FakeProvider())
                .cache(new FakeCache())
                .strategy(new FakeStrategy())
                .clients((account, client) -> wrapped(client))
                .configuration(folder.resolve("whippletree.yaml"))
                .environment(Map.of("FAKE_TOKEN", "x"))
                .build();
        FakePlugins.EVENTS.clear();
        return built;
    }

    private ProviderClient wrapped(ProviderClient client) {
        if (wrapperFails.get()) {
            throw new IllegalStateException("the wrapper failed");
        }
        return client;
    }

    private void write(String yaml) throws IOException {
        Files.writeString(file(), yaml);
    }

    private Path file() {
        return folder.resolve("whippletree.yaml");
    }

    /** What breaks a reload, and a word of what is told. */
    private interface Breaking {

        void breakIt(WholeReloadTest test) throws IOException;
    }

    static Stream<Arguments> steps() {
        return Stream.of(
                step("the file is gone", test -> Files.delete(test.file()), "there is no such file"),
                step("not YAML", test -> test.write("accounts: ["), "whippletree.yaml"),
                step("unknown key", test -> test.write(OTHER + "zzz: 1\n"), "zzz"),
                step("bad account", test -> test.write(OTHER.replace("id: c", "id: b")), "'b'"),
                step(
                        "missing token file",
                        test -> test.write(OTHER.replace("id: c", "id: c, token: '${file:/no/such}'")),
                        "/no/such"),
                step(
                        "bad strategy",
                        test -> test.write(OTHER.replace("strategy: fake", "strategy: {name: fake, share: x}")),
                        "share"),
                step(
                        "account that refuses",
                        test -> test.write(OTHER.replace("id: c", "id: c, fail: refuse")),
                        "fail is refused"),
                step(
                        "plugin that crashes",
                        test -> test.write(OTHER.replace("id: c", "id: c, fail: crash")),
                        "out of luck"),
                step(
                        "wrapper that crashes",
                        test -> {
                            test.write(OTHER);
                            test.wrapperFails.set(true);
                        },
                        "the wrapper failed"),
                step("bad gateway", test -> test.write(OTHER + "gateway: {host: 0.0.0.0}\n"), "add clients with keys"),
                step(
                        "missing key file",
                        test -> test.write(OTHER + "gateway: {clients: [{name: acme, key: '${file:/no/such}'}]}\n"),
                        "/no/such"));
    }

    private static Arguments step(String name, Breaking breaking, String told) {
        return arguments(name, breaking, told);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void stepThatFails_leavesEverythingAsItWas(String name, Breaking breaking, String told) throws IOException {
        Whippletree whippletree = built();
        Configuration before = whippletree.configuration();
        StatusSnapshot status = whippletree.status();
        breaking.breakIt(this);
        List<String> asked = new ArrayList<>();
        assertThatThrownBy(() -> whippletree.reload(next -> {
                    asked.add("companion");
                    return () -> asked.add("taken over");
                }))
                .hasMessageContaining(told);
        assertThat(asked).isEmpty();
        assertUnchanged(whippletree, before, status);
    }

    private void assertUnchanged(Whippletree whippletree, Configuration before, StatusSnapshot status) {
        assertThat(whippletree.configuration()).isSameAs(before);
        assertThat(whippletree.status()).isEqualTo(status);
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

    private String answer(Whippletree whippletree, Prompt prompt) {
        CompletableFuture<Completion> answer = whippletree.complete(prompt);
        timeline.runAll();
        return answer.join().text();
    }

    @Test
    void companionThatFails_leavesEverythingAsItWas() throws IOException {
        Whippletree whippletree = built();
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
        Whippletree whippletree = built();
        write(OTHER);
        AtomicReference<Configuration> handed = new AtomicReference<>();
        List<String> events = new ArrayList<>();
        whippletree.reload(next -> {
            handed.set(next);
            events.addAll(FakePlugins.EVENTS);
            assertThat(whippletree.status().accounts())
                    .extracting(account -> account.id())
                    .containsExactly("a");
            return () -> events.add("taken over");
        });
        assertThat(events).containsExactly("open b", "open c", "open strategy", "taken over");
        assertThat(whippletree.configuration()).isSameAs(handed.get());
        assertThat(answer(whippletree, Prompt.of("Hello"))).endsWith(", n");
        assertThat(FakePlugins.EVENTS).contains("close a");
    }

    @Test
    void failedReload_doesNotStandInTheWayOfTheNext() throws IOException {
        Whippletree whippletree = built();
        write(OTHER.replace("id: c", "id: c, fail: refuse"));
        assertThatThrownBy(whippletree::reload).isInstanceOf(ConfigurationException.class);
        write(OTHER);
        assertThat(whippletree.reload().accounts().added()).containsExactly("b", "c");
        assertThat(answer(whippletree, Prompt.of("Hello"))).endsWith(", n");
    }
}
