package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.whippletree.config.GatewaySettings.Bounds;
import dev.whippletree.config.GatewaySettings.Client;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class GatewaySettingsTest {

    private static final Duration MILLI = Duration.ofMillis(1);

    private static Client client(String name, String key) {
        return new Client(name, Secret.of(key), List.of());
    }

    private static GatewaySettings with(Client... clients) {
        return GatewaySettings.DEFAULT.withClients(List.of(clients), Optional.empty());
    }

    /** The default of each class needs the other class. */
    @Test
    void bounds_mayBeTheFirstThatAProgramUses() throws Exception {
        URL classes = Bounds.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader fresh = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> first = Class.forName(Bounds.class.getName(), true, fresh);
            assertThat(first).isNotSameAs(Bounds.class);
            assertThat(first.getField("DEFAULT").get(null)).hasToString(Bounds.DEFAULT.toString());
        }
    }

    static Stream<Arguments> mistakes() {
        Bounds bounds = Bounds.DEFAULT;
        return Stream.of(
                mistake("a port is 0 to 65535, not -1", () -> GatewaySettings.DEFAULT.withPort(-1)),
                mistake("not 65536", () -> GatewaySettings.DEFAULT.withPort(65_536)),
                mistake(
                        "add clients with keys",
                        () -> GatewaySettings.DEFAULT
                                .withClients(List.of(), Optional.of(Secret.of("a watch key")))
                                .withHost("0.0.0.0")),
                mistake("unknown host", () -> GatewaySettings.DEFAULT.withHost("no such host")),
                mistake("two clients have the same name", () -> with(client("a", "x"), client("a", "y"))),
                mistake("a client needs a name", () -> client(" ", "x")),
                mistake("a weight is 1 to 1000, not 0", () -> client("a", "x").withWeight(0)),
                mistake("not 1001", () -> client("a", "x").withWeight(1_001)),
                mistake("largest request", () -> bounds.withMostBodyBytes(0)),
                mistake("number of connections", () -> bounds.withMostConnections(0)),
                mistake(
                        "time for a request",
                        () -> bounds.withClientTimeout(Duration.ofHours(1).plusNanos(1))),
                mistake("time for a request", () -> bounds.withClientTimeout(Duration.ofNanos(999_999))),
                mistake(
                        "idle time",
                        () -> bounds.withIdleTimeout(Duration.ofDays(1).plusNanos(1))),
                mistake("idle time", () -> bounds.withIdleTimeout(Duration.ZERO)),
                mistake("memory for requests", () -> bounds.withMemoryBytes(0)),
                mistake("texts of a request", () -> bounds.withMostEmbeddingInputs(0)),
                mistake(
                        "a deadline",
                        () -> bounds.withDeadline(Duration.ofDays(7).plusNanos(1))),
                mistake("a deadline", () -> bounds.withDeadline(Duration.ZERO)));
    }

    private static Arguments mistake(String message, ThrowingCallable setting) {
        return arguments(message, setting);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void valueOutOfItsRange_isRefused(String message, ThrowingCallable setting) {
        assertThatThrownBy(setting).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void valuesAtTheEndsOfTheirRanges_areTaken() {
        Bounds least = new Bounds(1, 1, MILLI, MILLI, 1, MILLI, 1);
        assertThat(least.withDeadline(Duration.ofNanos(1_000_000))).isEqualTo(least);
        Bounds most = new Bounds(1, 2, Duration.ofHours(1), Duration.ofDays(1), 3, Duration.ofDays(7), 4);
        assertThat(List.of(
                        most.withMostBodyBytes(1),
                        most.withMostConnections(2),
                        most.withClientTimeout(most.clientTimeout()),
                        most.withIdleTimeout(most.idleTimeout()),
                        most.withMemoryBytes(3),
                        most.withDeadline(most.deadline()),
                        most.withMostEmbeddingInputs(4)))
                .containsOnly(most);
        Client client = new Client(
                "a",
                Secret.of("x"),
                List.of(Limit.requests(1, MILLI)),
                List.of("b"),
                List.of("r"),
                Optional.of(1_000),
                true);
        assertThat(List.of(
                        client.withWeight(1_000),
                        client.withKeepAlive(),
                        client.within(List.of("b"), List.of("r")),
                        new Client("a", client.key(), client.limits())
                                .withWeight(1_000)
                                .withKeepAlive()
                                .within(List.of("b"), List.of("r"))))
                .containsOnly(client);
        assertThat(client.mayUse("b") && client.mayName("r") && !client.mayUse("c") && !client.mayName("s"))
                .isTrue();
        assertThat(client("a", "x").mayUse("c") && client("a", "x").mayName("s"))
                .isTrue();
        GatewaySettings all = new GatewaySettings(
                "0.0.0.0",
                65_535,
                List.of(client),
                Optional.of(client.key()),
                most,
                true,
                false,
                Optional.of(GatewaySettings.Batches.in(Path.of("b"))),
                Optional.of(Path.of("traces")));
        assertThat(List.of(
                        all.withPort(65_535),
                        all.withBounds(most),
                        all.withShowAccounts(true),
                        all.withFinishAbandoned(false),
                        all.withBatches(GatewaySettings.Batches.in(Path.of("a")).withFolder(Path.of("b"))),
                        all.withTrace(Path.of("traces")),
                        all.withClients(all.clients(), all.watchKey()),
                        all.withHost("0.0.0.0")))
                .containsOnly(all);
    }

    @Test
    void boundsInAFile_areReadEach_andMemoryAsASizeOrAShareOfTheHeap() {
        String yaml = "accounts: [{id: a, provider: groq}]\ngateway: {host: localhost, port: 1, max-body-bytes: 2,"
                + " max-embedding-inputs: 3, max-connections: 4, client-timeout: 5s, idle-timeout: 6s, deadline: 7s,"
                + " memory: %s}";
        assertThat(read(yaml.formatted("1KB")))
                .isEqualTo(GatewaySettings.DEFAULT
                        .withHost("localhost")
                        .withPort(1)
                        .withBounds(new Bounds(
                                2, 4, Duration.ofSeconds(5), Duration.ofSeconds(6), 1_024, Duration.ofSeconds(7), 3)));
        long hundredth = Runtime.getRuntime().maxMemory() / 100;
        assertThat(read(yaml.formatted("90%")).bounds().memoryBytes()).isEqualTo(hundredth * 90);
        assertThat(read(yaml.formatted("1%")).bounds().memoryBytes()).isEqualTo(hundredth);
        assertThat(Bounds.DEFAULT.memoryBytes()).isEqualTo(hundredth * 25);
    }

    @Test
    void batchesInAFile_areReadEach() {
        String yaml = "accounts: [{id: a, provider: groq}]\ngateway: {batches: {folder: jobs%s}}";

        assertThat(read(yaml.formatted("")).batches()).contains(GatewaySettings.Batches.in(Path.of("jobs")));
        assertThat(read(yaml.formatted(", keep: 2d, max-file-bytes: 1KB, max-bytes: 2KB, max-files: 3, max-lines: 4,"
                                + " max-open: 5, refuse-late: true"))
                        .batches())
                .contains(
                        new GatewaySettings.Batches(Path.of("jobs"), Duration.ofDays(2), 1_024, 2_048, 3, 4, 5, true));
    }

    private static GatewaySettings read(String yaml) {
        return new ConfigurationReader(Plugins.KNOWN, Map.of(), List::<AccountSettings>of, List.of())
                .read("f.yaml", yaml)
                .gateway()
                .orElseThrow();
    }

    @Test
    void everyProblemOfAProgramsGateway_isTold() {
        Configuration configuration = new Configuration(
                List.of(AccountSettings.builder("one", "groq").build()),
                List.of(RouteSettings.builder("r")
                        .tier(new TargetSettings("one", "m"))
                        .build()),
                List.of(),
                EngineSettings.DEFAULT,
                List.of());
        Client unreadable = new Client(
                "c",
                Secret.from(() -> {
                    throw new IllegalStateException("it is gone");
                }),
                List.of());

        assertThat(GatewayCheck.problems(
                        GatewaySettings.DEFAULT.withClients(
                                List.of(
                                        client("a", "key"),
                                        client("b", "key")
                                                .within(List.of("on"), List.of("r", "s"))
                                                .withWeight(3),
                                        unreadable,
                                        client("d", "schlüssel")),
                                Optional.of(Secret.of("key"))),
                        configuration))
                .containsExactly(
                        "client 'a' and client 'b' have the same key; give each its own key",
                        "client 'b': no account named 'on'; did you mean 'one'?",
                        "client 'b': no route named 's'; known: r",
                        "client 'b': its weight is 3 in this client, but 1 in the configuration behind the gateway;"
                                + " set it only there, in tenant-weights",
                        "client 'b': no route that this client may use has an account that it may use",
                        "the key of client 'c' can't be read: it is gone",
                        "the key of client 'd' has characters that headers can't have; use only ASCII, for example from"
                                + " 'openssl rand -hex 32'",
                        "client 'a' and gateway.watch-key have the same key; give each its own key");
        assertThat(GatewayCheck.problems(with(client("a", "key").within(List.of("one"), List.of("r"))), configuration))
                .isEmpty();
    }
}
