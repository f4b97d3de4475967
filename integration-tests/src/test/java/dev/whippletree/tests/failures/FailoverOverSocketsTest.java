package dev.whippletree.tests.failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.tests.failures.FailoverScenario.Reply;
import dev.whippletree.tests.failures.FailoverScenario.Run;
import dev.whippletree.tests.failures.FailoverScenario.Setup;
import dev.whippletree.tests.failures.FailoverScenario.Verdict;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The faults of Failover Bench as they are on the wire, through a gateway with its default settings.
 * {@link FailoverScenariosTest} has those that take long, and judges how long all of them take.
 */
@Tag("slow")
final class FailoverOverSocketsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern BASE_URL = Pattern.compile("Whippletree serves (\\S+)");

    @TempDir
    private Path folder;

    static Stream<Arguments> runs() {
        return Stream.of(Setup.values())
                .filter(setup -> setup != Setup.NO_FALLBACK)
                .flatMap(setup -> Stream.of(FailoverScenario.values())
                        .filter(scenario -> !scenario.takesLong())
                        .map(scenario -> Arguments.of(scenario, setup)));
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("runs")
    void whereThePremisesHold_everyScenarioIsPassed(FailoverScenario scenario, Setup setup) {
        SystemTimeline timeline = new SystemTimeline();
        try (Wall wall = new Wall(scenario);
                Whippletree whippletree = whippletree(wall, setup, timeline)) {
            Gateway gateway = Gateway.start(whippletree, GatewaySettings.DEFAULT.withPort(0), timeline);
            GatewayReply reply = ask(gateway.baseUrl());
            gateway.close(Duration.ZERO).join();

            assertThat(verdict(scenario, wall, reply)).as("%s", reply).isEqualTo(Verdict.PASS);
            assertThat(wall.fallbackRoles()).doesNotContain("assistant");
        } finally {
            timeline.close();
        }
    }

    /** Loading classes and connecting take time that the prompt hasn't waited for room. */
    @Test
    void firstRequestOfAProcess_waitsForThePreferredModelAsALaterOneDoes() throws IOException {
        FailoverScenario scenario = FailoverScenario.LIMITED_ONCE;
        try (Wall wall = new Wall(scenario)) {
            Files.writeString(folder.resolve("whippletree.yaml"), """
                    accounts: [{ id: a, provider: openai, token: none, base-url: "%s" }]
                    routes: { default: { tiers: [{ account: a, model: first-choice }, { account: a, model: fallback }] } }
                    caches: []
                    """.formatted(wall.baseUrl()));
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-classpath",
                            System.getProperty("java.class.path"),
                            "dev.whippletree.cli.Main",
                            "serve",
                            "--port=0")
                    .directory(folder.toFile())
                    .redirectOutput(folder.resolve("out").toFile())
                    .redirectError(folder.resolve("err").toFile())
                    .start();
            try {
                Path out = folder.resolve("out");
                Matcher url = await().atMost(PATIENCE)
                        .until(() -> BASE_URL.matcher(Files.readString(out)), found -> found.find());

                GatewayReply reply = ask(url.group(1));

                assertThat(verdict(scenario, wall, reply)).as("%s", reply).isEqualTo(Verdict.PASS);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static Verdict verdict(FailoverScenario scenario, Wall wall, GatewayReply reply) {
        Reply got = new Reply(
                reply.isWhole(), reply.text(), reply.model(), reply.tokens().isPresent());
        return scenario.verdict(new Run(List.of(got), wall.firstChoice(), true, 0));
    }

    private static Whippletree whippletree(Wall wall, Setup setup, SystemTimeline timeline) {
        Whippletree.Builder builder =
                Whippletree.builder().timeline(timeline).route(RouteSettings.of("default", setup.tiers()));
        setup.tiers().stream()
                .flatMap(tier -> tier.targets().stream())
                .map(TargetSettings::account)
                .distinct()
                .forEach(id -> builder.account(AccountSettings.builder(id, "openai")
                        .token("token-of-" + id)
                        .organization(id.substring(0, 1))
                        .setting("base-url", wall.baseUrl())
                        .build()));
        return builder.build();
    }

    private static GatewayReply ask(String baseUrl) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "/chat/completions"))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"model": "default", "stream": true, "stream_options": {"include_usage": true},
                         "messages": [{"role": "user", "content": "Explain in sixty tokens."}]}"""))
                .build();
        try {
            HttpResponse<String> response = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
            return ClientProtocol.CHAT.read(response.statusCode(), response.body(), true);
        } catch (InterruptedException | IOException e) {
            throw new AssertionError("no reply", e);
        }
    }
}
