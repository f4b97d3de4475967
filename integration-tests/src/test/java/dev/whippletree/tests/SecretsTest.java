package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.Main;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.Telemetry;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No token, no password and no prompt's text is in anything that is logged, printed or put into words. */
@Tag("slow")
final class SecretsTest {

    private static final String MARK = "secretsecret";
    private static final String ASKED = "askedinconfidence";
    private static final List<String> TOKENS =
            List.of("hf_" + MARK + "1", "hf_" + MARK + "2", "plain" + MARK + "3", "refused" + MARK + "4");
    private static final String WATCH_KEY = "watch" + MARK + "5";
    private static final String REDIS = "redis://:" + MARK + "-redis@127.0.0.1:1";

    @TempDir
    private Path folder;

    private final LogCapture log = new LogCapture();
    private final SystemTimeline timeline = new SystemTimeline();
    private final EmulatorServer server = EmulatorServer.start(List.of(service()), 0, timeline);

    @AfterEach
    void close() {
        server.close();
        timeline.close();
        log.close();
    }

    @Test
    void loadWithFailures_tellsNoSecretAnywhere() {
        StringBuilder told = new StringBuilder();
        Whippletree.Builder builder =
                Whippletree.builder().model("model").cache("redis", Map.of("uri", REDIS, "command-timeout", "20ms"));
        for (int i = 0; i < TOKENS.size(); i++) {
            builder.account(account("hf-" + i, TOKENS.get(i)));
        }
        try (Whippletree whippletree = builder.build()) {
            List<CompletableFuture<Completion>> answers = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                answers.add(whippletree.complete(Prompt.builder()
                        .user(ASKED + " " + i % 40)
                        .session("session " + i % 5)
                        .deadline(Duration.ofSeconds(10))
                        .build()));
            }
            answers.forEach(answer -> told.append(ending(answer)).append('\n'));
            told.append(whippletree).append(whippletree.status()).append(whippletree.configuration());
            whippletree
                    .configuration()
                    .accounts()
                    .forEach(each -> told.append(each).append(each.settings()));
            whippletree
                    .configuration()
                    .caches()
                    .forEach(each -> told.append(each).append(each.settings()));
        }

        assertThat(server.stats().get(0).calls()).isGreaterThan(40);
        assertThat(server.stats().toString()).contains("401=", "429=", "500=", "reset=");
        assertThat(told.toString()).contains("hf-0", "redis").doesNotContain(MARK, ASKED);
        assertThat(log.text()).contains("dev.whippletree", "refused").doesNotContain(MARK, ASKED);
    }

    @Test
    void settingThatCannotBeRead_isToldWithoutItsValue() {
        String told = "";
        try {
            Whippletree.builder()
                    .model("model")
                    .account(AccountSettings.of(
                            "hf-1",
                            "huggingface",
                            Optional.of(Secret.of(TOKENS.get(0))),
                            new Settings("account hf-1", Map.of("base-url", "http://user:" + MARK + "@127.0.0.1"))))
                    .cache("redis", Map.of("uri", "redis:/" + MARK + " redis"))
                    .build()
                    .close();
        } catch (ConfigurationException e) {
            told = e + " " + e.problems();
        }

        assertThat(told).contains("base-url").doesNotContain(MARK);
        assertThat(log.text()).doesNotContain(MARK);
    }

    @Test
    void command_printsNoSecret() throws IOException {
        Files.writeString(
                folder.resolve("whippletree.yaml"), """
                accounts:
                  - {id: literal, provider: huggingface, token: %s, base-url: '%s'}
                  - {id: named, provider: huggingface, token: '${HIDDEN}', base-url: '%s'}
                  - {id: refused, provider: huggingface, token: '${REFUSED}', base-url: '%s'}
                routes:
                  default:
                    model: model
                caches:
                  - {name: redis, uri: '${REDIS}'}
                gateway:
                  watch-key: %s
                  clients:
                    - {name: acme, key: '${HIDDEN}'}
                """.formatted(TOKENS.get(0), base(), base(), base(), WATCH_KEY));

        String printed = run("check")
                + run("status")
                + run("status", "--probe")
                + run("status", "--json")
                + run("ask", "--debug", ASKED)
                + run("ask", "--json", "--account", "refused", ASKED)
                + run("ask", "--config", "absent.yaml", ASKED);

        assertThat(printed).contains("literal", "refused").doesNotContain(MARK, ASKED);
        assertThat(log.text()).doesNotContain(MARK, ASKED);
    }

    @Test
    void nothingThatWhippletreeHolds_tellsASecretByItsName() throws Exception {
        Map<String, String> environment = Map.of("HIDDEN", TOKENS.get(1), "REDIS", REDIS, "HF_TOKEN", TOKENS.get(2));
        Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts:
                  - {id: literal, provider: huggingface, token: %s}
                  - {id: named, provider: groq, token: '${HIDDEN}'}
                  - {id: plain, provider: openai, token: '${HIDDEN}', base-url: '%s'}
                routes:
                  default:
                    model: model
                caches:
                  - ehcache
                  - {name: redis, uri: '${REDIS}'}
                coordinator: {name: redis, uri: '${REDIS}'}
                gateway:
                  watch-key: %s
                  clients:
                    - {name: acme, key: '${HIDDEN}'}
                """.formatted(TOKENS.get(0), base(), WATCH_KEY));
        ConfigurationSource source = new ConfigurationSource(Optional.empty(), environment, folder);
        Whippletree.Builder builder = Whippletree.builder().configuration(source);
        try (MeasuredGateway measured = MeasuredGateway.start(builder, timeline)) {
            List<Object> held =
                    Reachable.from(List.of(measured, surroundings(environment, new PrintWriter(new StringWriter()))));

            assertThat(held).hasSizeGreaterThan(100);
            assertThat(held)
                    .extracting(object -> object.getClass().getSimpleName())
                    .contains("ConfigurationSource", "Intake", "Surroundings", "RedisSettings", "Endpoint", "Secret");
            assertThat(held).allSatisfy(object -> assertThat(object.toString()).doesNotContain(MARK));
        }
    }

    @Test
    void gateway_showsNoKey() throws Exception {
        GatewaySettings settings = GatewaySettings.DEFAULT
                .withPort(0)
                .withClients(
                        List.of(new GatewaySettings.Client("acme", Secret.of(TOKENS.get(1)), List.of())),
                        Optional.of(Secret.of(WATCH_KEY)));
        Telemetry telemetry = new Telemetry(timeline);
        Whippletree.Builder builder = Whippletree.builder().model("model");
        telemetry.listeners().forEach(builder::listener);
        StringBuilder told = new StringBuilder().append(settings);
        try (Whippletree whippletree =
                        builder.account(account("hf-3", TOKENS.get(3))).build();
                Gateway gateway = Gateway.start(whippletree, settings, timeline, telemetry)) {
            told.append(ending(whippletree.complete(Prompt.of(ASKED))));
            String page = gateway.pageUrl();
            for (String key : List.of(WATCH_KEY, TOKENS.get(1), MARK)) {
                told.append(get(page + "status", key)).append(get(page, key)).append(get(page + "v1/models", key));
                told.append(run("status", "--debug", "--url", page, "--watch-key", key))
                        .append(run("status", "--json", "--url", page, "--watch-key", key));
            }
            told.append(run("status", "--url", page, "--watch-key", WATCH_KEY + "\n"));
            told.append(run("status", "--url", "http://" + MARK + "@127.0.0.1:" + gateway.port()));
        }

        assertThat(told.toString())
                .contains(
                        "acme",
                        "\"failures\"",
                        "unauthorized",
                        "rejects this watch key",
                        "may not contain a user or password")
                .doesNotContain(MARK, ASKED);
        assertThat(log.text()).doesNotContain(MARK, ASKED);
    }

    private static String get(String url, String key) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + key)
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        return response.headers() + response.body();
    }

    private String run(String... arguments) {
        StringWriter printed = new StringWriter();
        Map<String, String> environment =
                Map.of("HIDDEN", TOKENS.get(1), "REFUSED", TOKENS.get(3), "REDIS", REDIS, "HF_TOKEN", TOKENS.get(2));
        Main.run(surroundings(environment, new PrintWriter(printed)), arguments);
        return printed.toString();
    }

    private Surroundings surroundings(Map<String, String> environment, PrintWriter writer) {
        return CommandProcess.around(folder, environment, writer, writer, timeline);
    }

    private AccountSettings account(String id, String token) {
        return AccountSettings.of(
                id,
                "huggingface",
                Optional.of(Secret.of(token)),
                new Settings("account " + id, Map.of("base-url", base())));
    }

    private String base() {
        return server.baseUrl(ServiceKind.HUGGING_FACE);
    }

    private EmulatedService service() {
        ServiceSettings settings = ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("hf-0", TOKENS.get(0))
                .account("hf-1", TOKENS.get(1))
                .account("hf-2", TOKENS.get(2))
                .account("hf-3", TOKENS.get(3))
                .faults(FaultScript.of(
                        FaultRule.parse("401:hf-3"),
                        FaultRule.parse("429-silent#3:hf-0"),
                        FaultRule.parse("500#2-3:hf-1"),
                        FaultRule.parse("reset#1-2:hf-2")))
                .build();
        return new EmulatedService(settings, timeline.nanoTime());
    }

    private static String ending(CompletableFuture<Completion> answer) {
        return answer.handle((completion, failure) -> failure == null ? completion.toString() : whole(failure))
                .join();
    }

    private static String whole(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }
}
