package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.config.Configuration.ChosenCoordinator;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Credit;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationReaderTest {

    @TempDir
    Path shared;

    private static final Map<String, String> ENVIRONMENT = Map.of("HF_TOKEN", " hf_secret\n", "HOST", "a$1\\b:9100");

    private static final String EVERYTHING = """
            accounts:
              - id: hf-1
                provider: huggingface
                token: ${HF_TOKEN}
                organization: acme
                weight: 3
                max-concurrency: 32
                transit: 250ms
                limits: ["1000 requests / 1h", {limit: "30/min", model: openai/gpt-oss-20b}]
                limit-scope: model
                credit: 0.10 usd / month
                base-url: http://${HOST}/v1
              - {id: local, provider: groq}
            default-route: interviews
            routes:
              other: {model: m3.10, accounts: [local, hf-1, local], aliases: [gpt-4o, gpt-5], leave: 12.5%, ttl: 1w,
                backoff: {first: 1s, most: 1s}}
              interviews:
                tiers: [[{account: hf-1, model: openai/gpt-oss-20b}], [{account: local, model: fast}]]
                strategy: {name: least-loaded, choices: 2}
                patience: 4s
                deadline: 2m
                max-tokens: 256
                ttl: off
                attempts: 3
                backoff: {first: 100ms, most: 5s}
                retry-budget: {share: 25%, per-second: 7}
                timeouts: {first-byte: 19s, first-token: 20s, between-tokens: 1m, whole: 1m}
            caches: [ehcache, {name: redis, uri: "redis://localhost"}]
            coordinator: {name: redis, uri: "redis://other"}
            line-size: 500
            tenant-line-size: 7
            batch-share: 2.5%
            tenant-weights: {a: 4, b.c: 2}
            max-concurrency: 16
            cache-timeout: 250ms
            state: kept
            gateway: {port: 1}
            prices: {as-of: 2026-11-01, currency: usd, prices: [{provider: groq, model: m, prompt: 1, completion: 1}]}
            """;

    @Test
    void everyKeyIsRead() {
        Configuration configuration = read(EVERYTHING);

        AccountSettings account = AccountSettings.builder("hf-1", "huggingface")
                .token(configuration.accounts().get(0).token().orElseThrow())
                .organization("acme")
                .weight(3)
                .maxConcurrency(32)
                .transit(Duration.ofMillis(250))
                .limit("1000 requests / 1h")
                .limit(Limit.requests(30, Duration.ofMinutes(1)), "openai/gpt-oss-20b")
                .limitScope(Reach.MODEL)
                .credit(Credit.parse("0.10 usd / month"))
                .setting("base-url", "http://a$1\\b:9100/v1")
                .build();
        assertThat(configuration.accounts())
                .containsExactly(
                        account, AccountSettings.builder("local", "groq").build());
        assertThat(account.token().map(Secret::reveal)).contains("hf_secret");
        assertThat(configuration.routes())
                .containsExactly(
                        RouteSettings.builder("interviews")
                                .tier(new TargetSettings("hf-1", "openai/gpt-oss-20b"))
                                .tier(new TargetSettings("local", "fast"))
                                .strategy(
                                        "least-loaded",
                                        new Settings("route interviews, strategy", Map.of("choices", "2")))
                                .patience(Duration.ofSeconds(4))
                                .deadline(Duration.ofMinutes(2))
                                .maxTokens(256)
                                .ttl(Optional.empty())
                                .retries(new Retries(3, Duration.ofMillis(100), Duration.ofSeconds(5), 0.25, 7))
                                .timeouts(new Timeouts(
                                                Duration.ofSeconds(20), Duration.ofMinutes(1), Duration.ofMinutes(1))
                                        .withFirstByte(Duration.ofSeconds(19)))
                                .build(),
                        RouteSettings.builder("other")
                                .tier(new TargetSettings("local", "m3.10"), new TargetSettings("hf-1", "m3.10"))
                                .strategy(RouteSettings.DEFAULT_STRATEGY, Settings.none("route other, strategy"))
                                .aliases(List.of("gpt-4o", "gpt-5"))
                                .leave(0.125)
                                .retries(Retries.DEFAULT.withBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1)))
                                .ttl(Duration.ofDays(7))
                                .build());
        assertThat(configuration.caches())
                .containsExactly(
                        new CacheTierSettings("ehcache", Settings.none("cache ehcache")),
                        new CacheTierSettings(
                                "redis", new Settings("cache redis", Map.of("uri", "redis://localhost"))));
        assertThat(configuration.coordinator())
                .contains(new ChosenCoordinator(
                        "redis", new Settings("coordinator redis", Map.of("uri", "redis://other"))));
        assertThat(configuration.engine())
                .isEqualTo(new EngineSettings(500, 16, Duration.ofMillis(250))
                        .withTenantLineSize(7)
                        .withBatchShare(0.025));
        assertThat(configuration.weights()).isEqualTo(new TenantWeights(Map.of("a", 4, "b.c", 2)));
        assertThat(configuration.warnings()).isEmpty();
        assertThat(List.of(
                        configuration.withState(Path.of("kept")),
                        configuration.withCoordinator(
                                configuration.coordinator().orElseThrow()),
                        configuration.withRoutes(configuration.routes()),
                        configuration.withoutCaches(List.of("other")),
                        configuration.withWarnings(List.of()),
                        configuration.reloaded(configuration)))
                .containsOnly(configuration);
        Configuration plain = read("accounts: [{id: a, provider: groq}]");
        assertThat(plain.reloaded(configuration))
                .isEqualTo(new Configuration(
                        configuration.accounts(),
                        configuration.routes(),
                        plain.caches(),
                        plain.coordinator(),
                        plain.engine(),
                        configuration.prices(),
                        configuration.warnings(),
                        plain.state(),
                        configuration.gateway(),
                        configuration.weights()));
    }

    @Test
    void keyThatIsNotThere_hasItsDefault() {
        for (String yaml : List.of("", "# nothing\n", "null", "---\n", "\uFEFF")) {
            Configuration configuration = read(yaml);
            assertThat(configuration)
                    .isEqualTo(new Configuration(
                            fromEnvironment(),
                            List.of(RouteSettings.of(
                                    "default",
                                    List.of(tier(new TargetSettings("from-environment", "openai/gpt-oss-20b"))))),
                            List.of(new CacheTierSettings("ehcache", Settings.none("cache ehcache"))),
                            EngineSettings.DEFAULT,
                            List.of()));
        }
    }

    /** YAML takes a bare off for false, and a bare 3.10 for a number; so may whoever writes them. */
    @Test
    void values_mayBeWrittenInSeveralWays() {
        for (String off : List.of("off", "false", "'off'")) {
            assertThat(route("{model: 3.10, ttl: " + off + "}"))
                    .isEqualTo(RouteSettings.builder("r")
                            .tier(new TargetSettings("a", "3.10"))
                            .strategy(RouteSettings.DEFAULT_STRATEGY, Settings.none("route r, strategy"))
                            .ttl(Optional.empty())
                            .build());
        }
        for (String same : List.of("{}", "{tiers: [{account: a}]}", "{tiers: [[{account: a}]]}", "{accounts: a}")) {
            assertThat(route(same))
                    .isEqualTo(RouteSettings.builder("r")
                            .tier(new TargetSettings("a", Configuration.DEFAULT_MODEL))
                            .strategy(RouteSettings.DEFAULT_STRATEGY, Settings.none("route r, strategy"))
                            .build());
        }
        assertThat(read("caches: []").caches()).isEmpty();
        assertThat(read("caches: redis").caches())
                .extracting(CacheTierSettings::name)
                .containsExactly("redis");
        assertThat(route("{strategy: round-robin}").strategy()).isEqualTo("round-robin");
    }

    private static RouteSettings route(String route) {
        return read("accounts: [{id: a, provider: groq}]\nroutes: {r: " + route + "}")
                .routes()
                .get(0);
    }

    @Test
    void prices_mayStandInTheFileItself_orInOneBesideIt() throws IOException {
        String prices =
                "{as-of: 2026-11-01, currency: usd, prices: [{provider: groq, model: m, prompt: 0.5, completion: 1}]}";
        Files.writeString(shared.resolve("prices.yaml"), prices);
        for (String value : List.of(prices, "prices.yaml")) {
            PriceList list = new ConfigurationReader(
                            Plugins.KNOWN, Map.of(), ConfigurationReaderTest::fromEnvironment, List.of())
                    .read(shared.resolve("whippletree.yaml").toString(), "prices: " + value)
                    .prices()
                    .orElseThrow();

            assertThat(list.of("groq", "m").orElseThrow().promptPerMillion()).isEqualByComparingTo("0.5");
            assertThat(list.source()).endsWith(value.startsWith("{") ? "whippletree.yaml" : "prices.yaml");
        }
    }

    @Test
    void clientsWeights_areThoseOfTheirTenants() {
        Configuration configuration = read("""
                accounts: [{id: a, provider: groq}]
                tenant-weights: {c: 3}
                gateway: {clients: [{name: acme, key: key-of-acme-0123, weight: 4, routes: default}, {name: c, key: key-of-c-01234567}]}
                """);
        assertThat(configuration.weights()).isEqualTo(new TenantWeights(Map.of("acme", 4, "c", 3)));
    }

    @Test
    void clientWithAnotherWeightThanItsTenant_isRefused() {
        Configuration all = read("accounts: [{id: a, provider: groq}]");
        GatewaySettings gateway = GatewaySettings.DEFAULT.withClients(
                List.of(new GatewaySettings.Client("acme", Secret.of("key-of-acme-0123"), List.of()).withWeight(4)),
                Optional.empty());
        assertThatThrownBy(() -> new Configuration(
                        all.accounts(),
                        all.routes(),
                        all.caches(),
                        all.coordinator(),
                        all.engine(),
                        all.prices(),
                        all.warnings(),
                        all.state(),
                        Optional.of(gateway),
                        new TenantWeights(Map.of("acme", 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the weight of tenant 'acme' is 2 in tenant-weights and 4 in the gateway's client;"
                        + " remove one of the two");
    }

    @Test
    void defaults_areThoseOfThePages() {
        assertThat(EngineSettings.DEFAULT.maxConcurrency()).isEqualTo(64);
        assertThat(EngineSettings.DEFAULT.batchShare()).isEqualTo(0.05);
        assertThat(GatewaySettings.DEFAULT.host() + ":" + GatewaySettings.DEFAULT.port())
                .isEqualTo("127.0.0.1:8080");
    }

    @Test
    void literalToken_worksAndIsWarnedOf_withoutItsValue() {
        Configuration configuration = read("accounts:\n- id: a\n  provider: groq\n  token: gsk_secret\n");

        assertThat(configuration.accounts().get(0).token().map(Secret::reveal)).contains("gsk_secret");
        assertThat(configuration.warnings())
                .containsExactly("whippletree.yaml, line 4: accounts[0].token: the file contains the token itself;"
                        + " use ${VARIABLE} or ${file:/path} instead");
        assertThat(configuration.toString()).doesNotContain("gsk_secret");
    }

    @Test
    void literalKeyOfAClient_isWarnedOfAsAKey() {
        assertThat(read("gateway: {clients: [{name: a, key: 0123456789abcdef}]}")
                        .warnings())
                .containsExactly("whippletree.yaml, line 1: gateway.clients[0].key: the file contains the key itself;"
                        + " use ${VARIABLE} or ${file:/path} instead");
    }

    @Test
    void problems_areInTheOrderOfTheFile() {
        String id = "x".repeat(101);
        ConfigurationException problem = catchThrowableOfType(
                ConfigurationException.class,
                () -> read("state: []\nline-size: -1\naccounts:\n- {id: " + id + ", provider: groq}\nnosuch: 1\n"));

        assertThat(problem.problems())
                .hasSize(4)
                .extracting(line -> line.replaceFirst("^whippletree.yaml, line (\\d+).*", "$1"))
                .containsExactly("1", "2", "4", "5");
        assertThat(problem.problems().get(2)).endsWith("accounts[0].id: has 101 characters, and may have 100");
    }

    @Test
    void problemsOfTheEnvironment_areToldWithThoseOfTheFile() {
        ConfigurationReader reader = new ConfigurationReader(
                Plugins.KNOWN,
                Map.of(),
                () -> {
                    throw new ConfigurationException(List.of("environment: HF_TOKEN_2 is HF_TOKEN again", "and more"));
                },
                List.of());

        ConfigurationException problem =
                catchThrowableOfType(ConfigurationException.class, () -> reader.read("f.yaml", "line-size: -1"));

        assertThat(problem.problems())
                .containsExactly(
                        "environment: HF_TOKEN_2 is HF_TOKEN again",
                        "and more",
                        "f.yaml, line 1: line-size: expected a whole number, 0 or more, not '-1'");
    }

    private static Configuration read(String yaml) {
        return new ConfigurationReader(
                        Plugins.KNOWN, ENVIRONMENT, ConfigurationReaderTest::fromEnvironment, List.of("ehcache"))
                .read("whippletree.yaml", yaml);
    }

    private static List<AccountSettings> fromEnvironment() {
        return List.of(AccountSettings.of(
                "from-environment", "groq", Optional.empty(), Settings.none("account from-environment")));
    }

    private static Tier tier(TargetSettings... targets) {
        return new Tier(List.of(targets));
    }

    @Test
    void clientsOfTheGateway_areReadWithTheirBounds_andShortKeysAreWarnedOf_withoutTheirValues() throws IOException {
        Path file = Files.writeString(shared.resolve("key"), "0123456789abcdef");
        Configuration configuration = read("""
                accounts: [{id: hf-1, provider: groq}, {id: hf-2, provider: groq}]
                routes: {main: {}, other: {}}
                gateway:
                  show-accounts: true
                  finish-abandoned: false
                  watch-key: short-watch-key
                  clients:
                    - {name: acme, key: short-key, accounts: [hf-2], routes: [other, main], keep-alive: true}
                    - {name: long, key: "${file:%s}"}
                """.formatted(file));
        GatewaySettings gateway = configuration.gateway().orElseThrow();
        assertThat(gateway.showAccounts()).isTrue();
        assertThat(gateway.finishAbandoned()).isFalse();
        assertThat(gateway.clients().get(0).accounts()).containsExactly("hf-2");
        assertThat(gateway.clients().get(0).routes()).containsExactly("other", "main");
        assertThat(gateway.clients())
                .extracting(GatewaySettings.Client::keepAlive)
                .containsExactly(true, false);
        assertThat(gateway.clients().get(1).mayUse("hf-1")).isTrue();
        assertThat(configuration.warnings())
                .filteredOn(warning -> warning.contains("fewer than 16 characters"))
                .hasSize(2)
                .anyMatch(warning -> warning.contains("client 'acme'"))
                .anyMatch(warning -> warning.contains("gateway.watch-key"));
        assertThat(String.join("", configuration.warnings())).doesNotContain("short-key", "short-watch-key");
    }

    @Test
    void keyOfAFile_isReadAnewEachTime_unlessItIsEmptyOrGone() throws IOException {
        Path file = Files.writeString(shared.resolve("key"), "a key of more than enough characters");
        Secret key = read("gateway: {clients: [{name: acme, key: \"${file:" + file + "}\"}]}")
                .gateway()
                .orElseThrow()
                .clients()
                .get(0)
                .key();
        Files.writeString(file, "second\n");
        assertThat(key.reveal()).isEqualTo("second");
        Files.writeString(file, "x".repeat(4_096));
        assertThat(key.reveal()).hasSize(4_096);
        Files.writeString(file, "x".repeat(4_097));
        assertThatThrownBy(key::reveal).hasMessageEndingWith("is larger than 4 KB");
        Files.writeString(file, " \n");
        assertThatThrownBy(key::reveal).hasMessageContaining("is empty");
        Files.writeString(file, "\uFEFFthird\r\n");
        assertThat(key.reveal()).isEqualTo("third");
        Files.writeString(file, "# Alice's\nfourth\n");
        assertThatThrownBy(key::reveal).hasMessageContaining(file + " has several lines");
        Files.delete(file);
        assertThatThrownBy(key::reveal).hasMessageContaining("can't be read");
    }
}
