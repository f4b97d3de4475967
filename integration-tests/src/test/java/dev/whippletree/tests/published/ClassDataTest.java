package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The class data that the distribution's launcher makes on real JVMs. */
@Tag("thorough")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher for Windows makes none")
final class ClassDataTest {

    private static final Path COMMAND = PublishedArtifact.PROJECT.resolve("cli/target/whippletree");
    /** Class data is made at the lowest priority. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    @TempDir
    private Path folder;

    static Stream<Path> jdks() throws IOException {
        return Stream.of(Optional.of(Path.of(System.getProperty("childJdk"))), OtherJdk.ofVersion(25))
                .flatMap(Optional::stream)
                .distinct();
    }

    /**
     * JDKs silently leave classes out of it, of an old format for example, and open each jar for one that is missing.
     */
    @ParameterizedTest
    @MethodSource("jdks")
    void helpAndAnAnswer_loadNothingFromJarsOnceItIsMade(Path jdk) throws IOException, InterruptedException {
        assumeThat(COMMAND.resolve("lib"))
                .as("the distribution isn't built: run mvn package, or verify")
                .isDirectory();
        assertThat(run(jdk, "--version").exitCode()).isZero();
        await().atMost(PATIENCE).until(this::isMade);

        assertThat(fromJars(jdk, "--help")).isEmpty();

        try (SystemTimeline timeline = new SystemTimeline();
                EmulatorServer server = server(timeline)) {
            Files.writeString(folder.resolve("whippletree.yaml"), """
                    accounts:
                      - { id: openai-1, provider: openai, token: "${TOKEN}", base-url: "%s" }
                    """.formatted(server.baseUrl(ServiceKind.OPENAI)));
            assertThat(fromJars(jdk, "ask", "Hello")).isEmpty();
        }
    }

    private static EmulatorServer server(SystemTimeline timeline) {
        ServiceSettings settings = ServiceSettings.builder(ServiceKind.OPENAI)
                .account("openai-1", "token-1")
                .build();
        return EmulatorServer.start(List.of(new EmulatedService(settings, timeline.nanoTime())), 0, timeline);
    }

    private boolean isMade() throws IOException {
        try (Stream<Path> folders = Files.list(folder.resolve("class-data"))) {
            List<Path> made = folders.toList();
            return made.size() == 1 && !made.get(0).toString().endsWith(".making");
        }
    }

    /**
     * Returns each class that a command loads from a jar; but not those of picocli's own help command, which stay out
     * on newer JDKs.
     */
    private List<String> fromJars(Path jdk, String... arguments) throws IOException, InterruptedException {
        assertThat(run(jdk, arguments).exitCode()).isZero();
        try (Stream<String> loaded = Files.lines(folder.resolve("loaded.txt"))) {
            return loaded.filter(line -> line.contains(" source: file:"))
                    .filter(line -> !line.contains("picocli.CommandLine$") || !line.contains("HelpCommand"))
                    .toList();
        }
    }

    private ProcessRun run(Path jdk, String... arguments) throws IOException, InterruptedException {
        return ProcessRun.of(
                Stream.concat(Stream.of(COMMAND.resolve("bin/whippletree").toString()), Stream.of(arguments))
                        .toList(),
                folder,
                Map.of(
                        "JAVA_HOME",
                        jdk.toString(),
                        "TOKEN",
                        "token-1",
                        "WHIPPLETREE_CLASS_DATA",
                        folder.resolve("class-data").toString(),
                        "WHIPPLETREE_JAVA_OPTIONS",
                        "-Xlog:class+load:file=loaded.txt"));
    }
}
