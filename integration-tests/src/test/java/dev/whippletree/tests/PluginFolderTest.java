package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.Main;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.OpenAiProvider;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Provider;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Strangers' plugins in a folder: each on its own, whatever it brings, and whatever is wrong with another. */
@Tag("slow")
final class PluginFolderTest {

    /** Only keeps a test that would never end from never ending. */
    private static final long PATIENCE_SECONDS = 60;

    /** Standard output alone, of the usual size. */
    private static final Terminal EIGHTY_COLUMNS = new Terminal(false, true, false, false);

    /** Where the build puts libraries in versions that the library itself doesn't use. */
    private static final Path OTHER_VERSIONS = Path.of("target/other-versions");

    @TempDir
    private Path temporary;

    private Path folder;
    private Path plugins;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void createFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("a folder + more"));
        plugins = Files.createDirectory(folder.resolve("plugins"));
        Files.writeString(plugins.resolve("README.txt"), "not a plugin");
    }

    private static final String ALL_THREE = """
            plugins: plugins
            accounts:
              - {id: first, provider: echo}
              - {id: second, provider: echo, greeting: good morning}
            routes: {default: {model: parrot, strategy: last}}
            caches: [map]
            """;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneJar_bringsProviderStrategyAndCache_fromTheFolderAndFromTheClassPath(boolean onClassPath)
            throws IOException {
        URL jar = whole("whole.jar").toUri().toURL();
        String yaml = onClassPath ? ALL_THREE.replace("plugins: plugins", "") : ALL_THREE;
        try (URLClassLoader loader = new URLClassLoader(
                        onClassPath ? new URL[] {jar} : new URL[0], getClass().getClassLoader());
                Whippletree whippletree =
                        builder(yaml, Map.of()).classLoader(loader).build()) {
            assertThat(answer(whippletree).text()).isEqualTo("second says good morning to the world");
            assertThat(answer(whippletree).origin().cache()).contains("map");
            assertThat(whippletree.status().pickerFaults()).isZero();
        }
    }

    @Test
    void plugin_bringsOtherVersionsOfWhatItsHostUses_andSeesOfThatOnlyWhatIsShared() throws IOException {
        withItsOwnJacksons();
        assertThat(JsonMapper.shared().version().toString()).isNotEqualTo("3.0.0");

        try (Whippletree whippletree = open(yaml("jackson"))) {
            assertThat(answer(whippletree).text())
                    .isEqualTo("Jackson 3.0.0 and 2.17.2; sees Provider Prompt Logger Driver; services 1;"
                            + " own context true");
        }
    }

    @Test
    void classLoader_isClosedWithTheWhippletree() throws IOException {
        withItsOwnJacksons();

        try (Whippletree whippletree = open(yaml("jackson"))) {
            assertThat(ofPlugin("acme/JacksonProvider.class")).isTrue();
        }

        assertThat(ofPlugin("acme/JacksonProvider.class")).isFalse();
    }

    @Test
    void pluginThatBundlesAProvider_doesNotAnnounceItAgain() throws Exception {
        withACopyOfOpenAi();
        try (SystemTimeline timeline = new SystemTimeline();
                EmulatorServer server = EmulatorServer.start(
                        List.of(new EmulatedService(
                                ServiceSettings.builder(ServiceKind.OPENAI)
                                        .account("account-1", "token-1")
                                        .build(),
                                timeline.nanoTime())),
                        0,
                        timeline);
                Whippletree whippletree = open("""
                        plugins: plugins
                        caches: []
                        accounts:
                          - {id: one, provider: bundling, token: token-1, base-url: "%1$s"}
                          - {id: two, provider: openai, token: token-1, base-url: "%1$s"}
                        """.formatted(server.baseUrl(ServiceKind.OPENAI)))) {
            assertThat(answer(whippletree, Prompt.builder().user("a").account("one"))
                            .origin()
                            .account())
                    .isEqualTo("one");
            assertThat(answer(whippletree, Prompt.builder().user("b").account("two"))
                            .origin()
                            .account())
                    .isEqualTo("two");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "damaged, damaged.jar: it isn't a jar that can be read",
        "empty, acme: there is no jar in it",
        "newer, newer.jar: it was built against version 2 of the plugin interfaces",
        "mistaken, mistaken.jar: Whippletree-Spi in its manifest is 'one'",
        "future, it needs a newer Java than",
        "silent, silent.jar: it has no line 'Whippletree-Plugin: <name>' in its manifest",
        "unmakeable, unmakeable.jar",
        "useless, useless.jar: it declares the plugin useless"
    })
    void brokenPlugin_isAnErrorWhereItIsNamed_andAWarningElsewhere(String what, String message) throws IOException {
        whole("whole.jar");
        makeBroken(what);

        assertThatThrownBy(() -> open(yaml("broken")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no provider named 'broken'")
                .hasMessageContaining(message);
        try (LogCapture log = new LogCapture();
                Whippletree whippletree = open(yaml("echo"))) {
            assertThat(answer(whippletree).text()).isEqualTo("one says hello to the world");
            assertThat(log.text())
                    .containsOnlyOnce("WARN dev.whippletree.Whippletree")
                    .contains(message);
        }
    }

    @Test
    void pluginThatCannotBeLookedInto_harmsNoOther() {
        whole("whole.jar");
        PluginJar whole = new PluginJar(folder, "absent.jar");
        whole.writeWith(List.of(), "Absent.java");
        new PluginJar(plugins, "half.jar")
                .announces("half")
                .offers(Provider.class, "acme.HalfProvider")
                .writeWith(List.of(folder.resolve("absent.jar")), "AbstractSilentProvider.java", "HalfProvider.java");

        try (Whippletree whippletree = open(yaml("echo"))) {
            assertThat(answer(whippletree).text()).isEqualTo("one says hello to the world");
        }
    }

    @Test
    void programAndEnvironment_nameFoldersToo() {
        whole("whole.jar");
        String yaml = yaml("echo").replace("plugins: plugins", "");

        try (Whippletree whippletree = builder(yaml, Map.of()).plugins(plugins).build();
                Whippletree second = builder(yaml, Map.of("WHIPPLETREE_PLUGINS", "plugins"))
                        .plugins(plugins)
                        .build()) {
            assertThat(answer(whippletree).text()).isEqualTo("one says hello to the world");
            assertThat(answer(second).text()).isEqualTo("one says hello to the world");
        }
    }

    @Test
    void command_listsWhatIsThere_inEightyColumns() throws IOException {
        whole("whole.jar");
        makeBroken("damaged");
        makeBroken("newer");
        Files.writeString(folder.resolve("whippletree.yaml"), yaml("echo"));

        assertThat(run(EIGHTY_COLUMNS, "plugins")).as(err.toString()).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
        assertThat(out.toString())
                .containsPattern("provider +echo +used +.*plugins/whole.jar")
                .containsPattern("strategy +last +not named +.*plugins/whole.jar")
                .containsPattern("strategy +round-robin +used +built in")
                .containsPattern("provider +groq +not named +class path")
                .containsPattern("plugin +– +broken +.*plugins/damaged.jar")
                .containsPattern("provider +– +broken +.*plugins/newer.jar")
                .contains("it was built against version 2");
    }

    @Test
    void command_tellsDuplicatesAndExitsWith2() throws IOException {
        whole("whole.jar");
        rival();
        Files.writeString(folder.resolve("whippletree.yaml"), yaml("echo"));

        assertThat(run("plugins")).isEqualTo(2);
        assertThat(out.toString())
                .containsPattern("provider +echo +duplicate")
                .contains(
                        "another one has this name",
                        plugins.resolve("whole.jar").toString());
        assertThat(err.toString()).contains("two plugins are the provider 'echo'");
    }

    private Path whole(String jar) {
        new PluginJar(plugins, jar)
                .announces("whole")
                .offers(Provider.class, "acme.EchoProvider")
                .offers(Cache.class, "acme.MapCache")
                .offers(BalancingStrategy.class, "acme.LastStrategy")
                .write("EchoProvider.java", "MapCache.java", "LastStrategy.java");
        return plugins.resolve(jar);
    }

    private void rival() {
        new PluginJar(plugins, "rival.jar")
                .announces("rival")
                .offers(Provider.class, "acme.RivalProvider")
                .write("AbstractSilentProvider.java", "RivalProvider.java");
    }

    private void withItsOwnJacksons() throws IOException {
        Path acme = Files.createDirectory(plugins.resolve("acme"));
        List<Path> jacksons = new ArrayList<>();
        try (Stream<Path> jars = Files.list(OTHER_VERSIONS)) {
            for (Path jar : jars.toList()) {
                jacksons.add(Files.copy(jar, acme.resolve(jar.getFileName())));
            }
        }
        new PluginJar(acme, "acme.jar")
                .announces("acme")
                .line("Whippletree-Spi", "1")
                .offers(Provider.class, "acme.JacksonProvider")
                .writeWith(jacksons, "JacksonProvider.java");
    }

    private void withACopyOfOpenAi() throws Exception {
        Path acme = plugins.resolve("acme");
        Path openAi = PluginJar.origin(OpenAiProvider.class);
        new PluginJar(acme, "acme.jar")
                .announces("acme")
                .offers(Provider.class, "acme.BundlingProvider")
                .writeWith(List.of(openAi), "BundlingProvider.java");
        if (Files.isDirectory(openAi)) {
            new PluginJar(acme, "provider-openai.jar").pack(openAi);
        } else {
            Files.copy(openAi, acme.resolve("provider-openai.jar"));
        }
        for (String library : List.of(
                "okhttp3.OkHttpClient",
                "okio.Okio",
                "kotlin.Unit",
                "tools.jackson.databind.ObjectMapper",
                "tools.jackson.core.JsonParser",
                "com.fasterxml.jackson.annotation.JsonProperty")) {
            Path jar = PluginJar.origin(Class.forName(library));
            Files.copy(jar, acme.resolve(jar.getFileName()));
        }
    }

    private void makeBroken(String what) throws IOException {
        switch (what) {
            case "damaged" -> Files.writeString(plugins.resolve("damaged.jar"), "half of a download");
            case "empty" -> Files.createDirectory(plugins.resolve("acme"));
            case "newer" -> refused("newer.jar", "2");
            case "mistaken" -> refused("mistaken.jar", "one");
            case "future" ->
                new PluginJar(plugins, "future.jar")
                        .announces("future")
                        .fromTheFuture()
                        .offers(Provider.class, "acme.RivalProvider")
                        .write("AbstractSilentProvider.java", "RivalProvider.java");
            case "silent" ->
                new PluginJar(plugins, "silent.jar")
                        .offers(Provider.class, "acme.BrokenProvider")
                        .write("AbstractSilentProvider.java", "BrokenProvider.java");
            case "unmakeable" ->
                new PluginJar(plugins, "unmakeable.jar")
                        .announces("unmakeable")
                        .offers(Provider.class, "acme.BrokenProvider")
                        .write("AbstractSilentProvider.java", "BrokenProvider.java");
            case "useless" ->
                new PluginJar(plugins, "useless.jar").announces("useless").write("AbstractSilentProvider.java");
            default -> throw new AssertionError(what);
        }
    }

    private void refused(String jar, String version) {
        new PluginJar(plugins, jar)
                .announces("refused")
                .line("Whippletree-Spi", version)
                .offers(Provider.class, "acme.RivalProvider")
                .write("AbstractSilentProvider.java", "RivalProvider.java");
    }

    private static boolean ofPlugin(String resource) {
        URLClassLoader loader =
                (URLClassLoader) Objects.requireNonNull(System.getProperties().get("acme.loader"));
        return loader.findResource(resource) != null;
    }

    private static String yaml(String provider) {
        return """
                plugins: plugins
                accounts: [{id: one, provider: %s}]
                caches: []
                """.formatted(provider);
    }

    private Whippletree open(String yaml) {
        return builder(yaml, Map.of()).build();
    }

    private Whippletree.Builder builder(String yaml, Map<String, String> environment) {
        try {
            Path file = Files.writeString(folder.resolve("plugged.yaml"), yaml);
            return Whippletree.builder().configuration(new ConfigurationSource(Optional.of(file), environment, folder));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Completion answer(Whippletree whippletree) {
        return answer(whippletree, Prompt.builder().user("the world"));
    }

    private static Completion answer(Whippletree whippletree, Prompt.Builder prompt) {
        return whippletree
                .complete(prompt.build())
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private int run(String... arguments) {
        return run(Terminal.NONE, arguments);
    }

    private int run(Terminal terminal, String... arguments) {
        try (SystemTimeline timeline = new SystemTimeline()) {
            return Main.run(
                    new Surroundings(
                            Map.of(),
                            folder,
                            InputStream.nullInputStream(),
                            new PrintWriter(out),
                            new PrintWriter(err),
                            terminal,
                            () -> ZoneOffset.UTC,
                            new CompletableFuture<>(),
                            timeline,
                            Whippletree::builder),
                    arguments);
        }
    }
}
