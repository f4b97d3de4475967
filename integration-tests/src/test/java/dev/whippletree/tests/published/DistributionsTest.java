package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.testkit.redis.RedisProcess;
import dev.whippletree.time.SystemTimeline;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distributions of docs/distributions.md, built outside this build and run. */
@Tag("slow")
final class DistributionsTest {

    private static final long MEGABYTE = 1_000_000;
    private static final Pattern MODULAR = Pattern.compile("(?s)\n \\* (java --module-path .*?) \"Hello\"\n");
    private static final Path PROJECTS = Path.of("distributions").toAbsolutePath();

    @TempDir
    private Path folder;

    @Test
    @Tag("thorough")
    void smallest_asksGroq_isSmall_andHasNothingThatWasNotChosen() throws IOException, InterruptedException {
        Path target = OutsideBuild.packaged(PROJECTS.resolve("smallest")).resolve("target");

        List<String> names = names(target);
        assertThat(names)
                .filteredOn(name -> name.startsWith("whippletree"))
                .containsExactlyInAnyOrder(
                        "whippletree-core", "whippletree-provider-openai", "whippletree-provider-groq");
        assertThat(names)
                .noneMatch(name ->
                        name.matches("(?i).*(ehcache|lettuce|netty|reactor|undertow|picocli|logback|junit|assertj).*"));
        assertThat(size(target)).as("bytes of %s", names).isLessThan(12 * MEGABYTE);

        ProcessRun without = run(target.resolve("smallest.jar"), Map.of(), "outside.Ask", "Hello");
        assertThat(without.exitCode()).as(without.err()).isEqualTo(2);
        assertThat(without.err()).contains("there is no account").contains("GROQ_API_KEY");

        try (SystemTimeline timeline = new SystemTimeline();
                EmulatorServer server = groq(timeline)) {
            configure(server, "");

            ProcessRun asked = run(
                    target.resolve("smallest.jar"),
                    Map.of("GROQ_API_KEY", "token-1"),
                    "outside.Ask",
                    "What is a whippletree?");

            assertThat(asked.exitCode()).as(asked.err()).isZero();
            assertThat(asked.out()).isNotBlank();
            assertThat(server.stats())
                    .singleElement()
                    .satisfies(service -> assertThat(service.calls()).isEqualTo(1));
        }
    }

    /** On the oldest JDK and on the newest that is there: what a modular program needs differs between them. */
    @Test
    void modular_asksOnTheModulePath_withTheOptionsOfItsComment() throws IOException, InterruptedException {
        Path target = OutsideBuild.packaged(PROJECTS.resolve("modular")).resolve("target");
        String module = Files.readString(PROJECTS.resolve("modular/src/main/java/module-info.java"));
        Matcher command = MODULAR.matcher(module);
        assertThat(command.find()).isTrue();

        try (SystemTimeline timeline = new SystemTimeline();
                EmulatorServer server = groq(timeline)) {
            configure(server, "ehcache");
            for (Path jdk : Stream.concat(
                            Stream.of(Path.of(System.getProperty("childJdk"))), OtherJdk.ofVersion(25).stream())
                    .toList()) {
                List<String> words = new ArrayList<>(List.of(
                        command.group(1).replace("target/", target + "/").split("[ \\\\\n*]+")));
                words.set(0, jdk.resolve("bin/java").toString());
                words.set(2, words.get(2).replace(":", File.pathSeparator));
                words.add("What is a whippletree?");

                ProcessRun asked = ProcessRun.of(words, folder, Map.of("GROQ_API_KEY", "token-1"));

                assertThat(asked.out()).as(asked.err()).isEqualToNormalizingNewlines("CALL\nCACHE\n");
            }
        }
    }

    @Test
    @Tag("thorough")
    void shared_asksAStrangersProviderOnce_findsTheAnswerInRedisThen_andHasNoEhcache()
            throws IOException, InterruptedException {
        Path target = OutsideBuild.packaged(PROJECTS.resolve("shared")).resolve("command/target");

        List<String> names = names(target);
        assertThat(names)
                .filteredOn(name -> name.startsWith("whippletree"))
                .containsExactlyInAnyOrder("whippletree-core", "whippletree-cache-redis");
        assertThat(names).contains("parrot", "lettuce-core");
        assertThat(names)
                .noneMatch(name -> name.matches("(?i).*(ehcache|okhttp|kotlin|undertow|picocli|logback|junit).*"));

        try (RedisProcess redis = RedisProcess.started()) {
            ProcessRun first =
                    run(target.resolve("shared.jar"), Map.of(), "outside.Say", redis.uri(), "Pieces of eight!");
            ProcessRun second =
                    run(target.resolve("shared.jar"), Map.of(), "outside.Say", redis.uri(), "Pieces of eight!");

            assertThat(first.out()).as(first.err()).isEqualToIgnoringNewLines("CALL: Pieces of eight!");
            assertThat(second.out()).as(second.err()).isEqualToIgnoringNewLines("CACHE: Pieces of eight!");
        }
    }

    private static EmulatorServer groq(SystemTimeline timeline) throws IOException {
        return EmulatorServer.start(
                List.of(new EmulatedService(
                        ServiceSettings.builder(ServiceKind.GROQ)
                                .account("account-1", "token-1")
                                .build(),
                        timeline.nanoTime())),
                0,
                timeline);
    }

    private void configure(EmulatorServer server, String caches) throws IOException {
        Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts:
                  - id: groq-1
                    provider: groq
                    token: ${GROQ_API_KEY}
                    base-url: %s
                caches: [%s]
                """.formatted(server.baseUrl(ServiceKind.GROQ), caches));
    }

    private ProcessRun run(Path jar, Map<String, String> environment, String... line)
            throws IOException, InterruptedException {
        String libraries = jar.resolveSibling("lib") + File.separator + "*";
        return ProcessRun.java(
                jar + File.pathSeparator + libraries,
                folder,
                environment,
                line[0],
                Arrays.copyOfRange(line, 1, line.length));
    }

    /** Returns the names of the jars on the class path, without their versions. */
    private static List<String> names(Path target) throws IOException {
        try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
            return jars.map(jar -> jar.getFileName().toString().replaceFirst("-\\d.*", ""))
                    .sorted()
                    .toList();
        }
    }

    private static long size(Path target) throws IOException {
        try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
            return jars.mapToLong(jar -> jar.toFile().length()).sum();
        }
    }
}
