package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.emulator.simulation.SimulatedProvider;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The SPI is enough to write each of core's strategies outside core: their own sources, moved into a stranger's package
 * and compiled against {@code spi} and {@code model} alone, make a jar whose strategies pick as core's do, from the
 * configuration to the account that answers.
 */
@Tag("slow")
final class StrategiesOutsideCoreTest {

    private static final Path SOURCES = Path.of("..", "core", "src", "main", "java", "dev", "whippletree", "strategy");
    private static final int PROMPTS = 300;
    private static final Duration GAP = Duration.ofMillis(20);

    private static final Map<String, String> TOKENS =
            Map.of("NEAR", "token-near", "FAR", "token-far", "FARTHER", "token-farther");

    private static final String CONFIGURATION = """
            accounts:
              - { id: near, provider: simulated, token: "${NEAR}", weight: 2, limits: [100 requests / 1m] }
              - { id: far, provider: simulated, token: "${FAR}", limits: [400 requests / 1m] }
              - { id: farther, provider: simulated, token: "${FARTHER}", limits: [200 requests / 1m] }
            routes:
              default:
                model: any
                strategy: %s
            caches: []
            """;

    /** Jars stay locked on some systems while a class loader has been using them. */
    @TempDir(cleanup = CleanupMode.NEVER)
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "round-robin, RoundRobin, round-robin, strangers-round-robin",
        "least-in-flight, LeastInFlight, least-in-flight, strangers-least-in-flight",
        "most-headroom, MostHeadroom, most-headroom, strangers-most-headroom",
        "peak-ewma, PeakEwma, '{name: peak-ewma, decay: 2s}', '{name: strangers-peak-ewma, decay: 2s}'",
        "in-order, InOrder, in-order, strangers-in-order"
    })
    void strangersStrategy_picksAsCoresDoes(String name, String type, String ofCore, String ofStranger)
            throws IOException {
        URL jar = new PluginJar(folder, "stranger.jar")
                .offers(BalancingStrategy.class, "acme.strategy." + type)
                .write(moved(name), List.of(spiAndModel(), PluginJar.origin(NullMarked.class)));

        List<String> picks = picks(ofStranger, jar);

        assertThat(picks).hasSize(PROMPTS).isEqualTo(picks(ofCore, jar));
        assertThat(new HashSet<>(picks)).as("accounts that were picked").hasSizeGreaterThan(1);
    }

    /** Returns copies of core's sources in another package; the strategy of that name gets another one. */
    private List<Path> moved(String name) throws IOException {
        List<Path> copies = new ArrayList<>();
        try (Stream<Path> sources = Files.list(SOURCES)) {
            for (Path source : sources.toList()) {
                String text = Files.readString(source)
                        .replace("dev.whippletree.strategy", "acme.strategy")
                        .replace("return \"" + name + "\"", "return \"strangers-" + name + "\"");
                copies.add(Files.writeString(folder.resolve(source.getFileName().toString()), text));
            }
        }
        return copies;
    }

    /** Returns a folder with what a plugin may use, and nothing else of core. */
    private Path spiAndModel() throws IOException {
        Path core = PluginJar.origin(BalancingStrategy.class);
        if (Files.isDirectory(core)) {
            return copied(core);
        }
        try (FileSystem jar = FileSystems.newFileSystem(core)) {
            return copied(jar.getPath("/"));
        }
    }

    private Path copied(Path core) throws IOException {
        Path api = folder.resolve("api");
        for (String part : List.of("spi", "model")) {
            Path from = core.resolve("dev").resolve("whippletree").resolve(part);
            Path into = Files.createDirectories(api.resolve("dev/whippletree").resolve(part));
            try (Stream<Path> classes = Files.list(from)) {
                for (Path file : classes.toList()) {
                    Files.copy(file, into.resolve(file.getFileName().toString()));
                }
            }
        }
        return api;
    }

    /** Returns the accounts that answer prompts which come one after the other, in the order of the prompts. */
    private List<String> picks(String strategy, URL jar) throws IOException {
        VirtualTimeline timeline = new VirtualTimeline(11);
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {jar}, getClass().getClassLoader());
                Whippletree whippletree = open(strategy, loader, timeline)) {
            for (int number = 0; number < PROMPTS; number++) {
                answers.add(whippletree.complete(Prompt.of("question " + number)));
                timeline.advance(GAP);
            }
            timeline.runAll();
            assertThat(whippletree.status().pickerFaults()).isZero();
        }
        return answers.stream().map(answer -> answer.join().origin().account()).toList();
    }

    private Whippletree open(String strategy, ClassLoader loader, VirtualTimeline timeline) throws IOException {
        Path file = Files.writeString(folder.resolve("plugged.yaml"), CONFIGURATION.formatted(strategy));
        return Whippletree.builder()
                .configuration(file)
                .environment(TOKENS)
                .classLoader(loader)
                .provider(provider(timeline))
                .timeline(timeline)
                .build();
    }

    /** One service, reached over ways of different length; it counts no limits of its own. */
    private static SimulatedProvider provider(VirtualTimeline timeline) {
        ServiceSettings settings = ServiceSettings.builder(ServiceKind.OPENAI)
                .account("near", "token-near")
                .account("far", "token-far")
                .account("farther", "token-farther")
                .latency(Latency.uniform(Duration.ofMillis(100), 0.5))
                .seed(3)
                .build();
        Map<String, Link> links = Map.of(
                "far", Link.of(Duration.ofMillis(100)),
                "farther", Link.of(Duration.ofMillis(400)));
        return new SimulatedProvider(
                "simulated", new EmulatedService(settings, timeline.nanoTime()), timeline, Link.DIRECT, links);
    }
}
