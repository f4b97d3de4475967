package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Credit;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import dev.whippletree.spi.Settings;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigurationReaderTest {

    @TempDir
    Path shared;

    private static final Map<String, String> ENVIRONMENT = Map.of("HF_TOKEN", "hf_secret", "HOST", "localhost:9100");

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
                credit: 0.10 usd / month
                base-url: http://${HOST}/v1
              - {id: local, provider: groq}
            default-route: interviews
            routes:
              other: {model: m3.10, accounts: [local, hf-1]}
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
                timeouts: {first-token: 20s, between-tokens: 10s, whole: 1m}
            caches: [ehcache, {name: redis, uri: "redis://localhost"}]
            line-size: 500
            max-concurrency: 16
            cache-timeout: 250ms
            """;

    @Test
    void prices_mayStandInTheFileItself() {
        Configuration configuration = read("""
                accounts: [{id: local, provider: groq}]
                prices:
                  as-of: 2026-11-01
                  currency: usd
                  prices:
                    - {provider: groq, model: m, prompt: 0.05, completion: 0.20}
                """);
        PriceList prices = configuration.prices().orElseThrow();
        assertThat(prices.of("groq", "m").orElseThrow().promptPerMillion()).isEqualByComparingTo("0.05");
        assertThat(prices.source()).endsWith(".yaml");
    }

    /** YAML takes a bare off for false, and so may whoever writes it. */
    @ParameterizedTest
    @ValueSource(strings = {"off", "false", "'off'"})
    void ttlThatIsOff_storesNothing(String off) {
        Configuration configuration =
                read("accounts: [{id: local, provider: groq}]\nroutes: {r: {model: m, ttl: " + off + "}}\n");
        assertThat(configuration.routes().get(0).ttl()).isEmpty();
    }

    @Test
    void everyKeyIsRead() {
        Configuration configuration = read(EVERYTHING);

        AccountSettings account = configuration.accounts().get(0);
        assertThat(account.token().map(Secret::reveal)).contains("hf_secret");
        assertThat(account.organization()).contains("acme");
        assertThat(account.weight()).isEqualTo(3);
        assertThat(account.maxConcurrency()).hasValue(32);
        assertThat(account.credit()).contains(new Credit(new BigDecimal("0.10"), "usd"));
        assertThat(account.transit()).contains(Duration.ofMillis(250));
        assertThat(account.limits())
                .containsExactly(
                        new DeclaredLimit(Limit.requests(1000, Duration.ofHours(1)), Optional.empty()),
                        new DeclaredLimit(
                                Limit.requests(30, Duration.ofMinutes(1)), Optional.of("openai/gpt-oss-20b")));
        assertThat(account.settings())
                .isEqualTo(new Settings("account hf-1", Map.of("base-url", "http://localhost:9100/v1")));
        assertThat(configuration.routes().get(0))
                .isEqualTo(RouteSettings.builder(
                                "interviews",
                                List.of(
                                        tier(new TargetSettings("hf-1", "openai/gpt-oss-20b")),
                                        tier(new TargetSettings("local", "fast"))))
                        .strategy("least-loaded", new Settings("route interviews, strategy", Map.of("choices", "2")))
                        .patience(Duration.ofSeconds(4))
                        .deadline(Duration.ofMinutes(2))
                        .maxTokens(256)
                        .ttl(Optional.empty())
                        .retries(new Retries(3, Duration.ofMillis(100), Duration.ofSeconds(5), 0.25, 7))
                        .timeouts(new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofMinutes(1)))
                        .build());
        assertThat(configuration.caches())
                .containsExactly(
                        new CacheTierSettings("ehcache", Settings.none("cache ehcache")),
                        new CacheTierSettings(
                                "redis", new Settings("cache redis", Map.of("uri", "redis://localhost"))));
        assertThat(configuration.engine()).isEqualTo(new EngineSettings(500, 16, Duration.ofMillis(250)));
        assertThat(configuration.warnings()).isEmpty();
    }

    @Test
    void tenants_haveALineAndWeightsOfTheirOwn() {
        String account = "accounts: [{id: a, provider: groq}]\n";
        Configuration configuration =
                read(account + "tenant-line-size: 7\nbatch-share: 2.5%\ntenant-weights: {a: 4, b.c: 2}");
        assertThat(configuration.engine())
                .isEqualTo(EngineSettings.DEFAULT.withTenantLineSize(7).withBatchShare(0.025));
        assertThat(configuration.engine().lineSizeOfATenant()).isEqualTo(7);
        assertThat(configuration.weights()).isEqualTo(new TenantWeights(Map.of("a", 4, "b.c", 2)));
        assertThat(configuration.withRoutes(configuration.routes())).isEqualTo(configuration);
        Configuration silent = read(account + "line-size: 30");
        assertThat(silent.engine().lineSizeOfATenant()).isEqualTo(30);
        assertThat(silent.weights().of("anybody")).isEqualTo(1);
    }

    @Test
    void clientsWeights_areThoseOfTheirTenants_inEveryCopy() {
        Configuration configuration = read("""
                accounts: [{id: a, provider: groq}]
                tenant-weights: {c: 3}
                gateway: {clients: [{name: acme, key: key-of-acme-0123, weight: 4}, {name: c, key: key-of-c-01234567}]}
                """);
        assertThat(configuration.weights()).isEqualTo(new TenantWeights(Map.of("acme", 4, "c", 3)));
        assertThat(configuration.withRoutes(configuration.routes())).isEqualTo(configuration);
        Configuration without = read("accounts: [{id: a, provider: groq}]");
        assertThat(configuration.reloaded(without).weights()).isEqualTo(TenantWeights.EQUAL);
    }

    @Test
    void clientsKeepAlive_canChangeWhileItRuns() {
        String client =
                "{accounts: [{id: a, provider: groq}], gateway: {clients: [{name: acme, key: key-of-acme-0123%s}]}}";
        assertThat(Reloaded.between(read(client.formatted("")), read(client.formatted(", keep-alive: true")))
                        .lines())
                .containsExactly("client acme: changed: keep-alive");
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
    void modelAndAccountsOfARoute_areOneTier_andModelsStayText() {
        assertThat(read(EVERYTHING).routes().get(1).tiers())
                .containsExactly(tier(new TargetSettings("local", "m3.10"), new TargetSettings("hf-1", "m3.10")));
        assertThat(read("accounts: [{id: a, provider: groq}]\nroutes: {r: {model: 3.10}}")
                        .routes()
                        .get(0)
                        .tiers())
                .containsExactly(tier(new TargetSettings("a", "3.10")));
    }

    @Test
    void shareThatBatchLeaves_isAPercentageOfARoute() {
        String routes = "accounts: [{id: a, provider: groq}]\nroutes: {r: {leave: %s}, s: {}}";
        assertThat(read(routes.formatted("12.5%")).routes())
                .extracting(RouteSettings::leave)
                .containsExactly(0.125, 0.0);
        for (String wrong : List.of("95%", "0.1", "much")) {
            assertThatThrownBy(() -> read(routes.formatted(wrong)))
                    .hasMessageContaining("routes.r.leave: expected a percentage from 0% to 90%, not '" + wrong + "'");
        }
    }

    @Test
    void aliasesOfARoute_areReadAndTwoRoutesHaveNoneInCommon() {
        String routes =
                "accounts: [{id: a, provider: groq}]\nroutes: {r: {aliases: [gpt-4o, gpt-5]}, s: {aliases: %s}}";
        assertThat(read(routes.formatted("gpt-6")).routes())
                .extracting(RouteSettings::aliases)
                .containsExactly(List.of("gpt-4o", "gpt-5"), List.of("gpt-6"));
        for (String taken : List.of("gpt-5", "r", "s")) {
            assertThatThrownBy(() -> read(routes.formatted(taken)))
                    .hasMessageContaining("a route already has the name or alias '" + taken + "'");
        }
    }

    @Test
    void defaults_areThoseOfThePages() {
        assertThat(EngineSettings.DEFAULT.maxConcurrency()).isEqualTo(64);
        assertThat(EngineSettings.DEFAULT.batchShare()).isEqualTo(0.05);
        assertThat(GatewaySettings.DEFAULT.host() + ":" + GatewaySettings.DEFAULT.port())
                .isEqualTo("127.0.0.1:8080");
    }

    @Test
    void saysNothing_environmentAndDefaultsAreUsed() {
        for (String yaml : List.of("", "# nothing\n", "null", "---\n", "\uFEFF")) {
            Configuration configuration = read(yaml);

            assertThat(configuration.accounts()).extracting(AccountSettings::id).containsExactly("from-environment");
            assertThat(configuration.routes())
                    .containsExactly(RouteSettings.of(
                            "default", List.of(tier(new TargetSettings("from-environment", "openai/gpt-oss-20b")))));
            assertThat(configuration.caches())
                    .extracting(CacheTierSettings::name)
                    .containsExactly("ehcache");
            assertThat(configuration.engine()).isEqualTo(EngineSettings.DEFAULT);
        }
    }

    @Test
    void prices_areReadFromTheFolderOfTheFileThatNamesThem(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("prices.yaml"), """
                as-of: 2026-11-01
                currency: usd
                prices: [{provider: groq, model: m, prompt: 0.5, completion: 1}]
                """);

        Configuration configuration = new ConfigurationReader(
                        Plugins.KNOWN, Map.of(), ConfigurationReaderTest::fromEnvironment, List.of())
                .read(folder.resolve("whippletree.yaml").toString(), "prices: prices.yaml");

        assertThat(configuration.prices().orElseThrow().of("groq", "m")).isPresent();
        assertThat(read("").prices()).isEmpty();
    }

    @Test
    void emptyCaches_areNone() {
        assertThat(read("caches: []").caches()).isEmpty();
        assertThat(read("caches: redis").caches())
                .extracting(CacheTierSettings::name)
                .containsExactly("redis");
    }

    @Test
    void modelVariable_changesTheModelOfRoutesThatNameNone() {
        ConfigurationReader reader = new ConfigurationReader(
                Plugins.KNOWN,
                Map.of("WHIPPLETREE_MODEL", "mine"),
                ConfigurationReaderTest::fromEnvironment,
                List.of());

        assertThat(reader.read("f.yaml", "routes: {a: {attempts: 1}}")
                        .routes()
                        .get(0)
                        .tiers())
                .containsExactly(tier(new TargetSettings("from-environment", "mine")));
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
    void problemsOfTheEnvironment_areToldWithThoseOfTheFile() {
        ConfigurationReader reader = new ConfigurationReader(
                Plugins.KNOWN,
                Map.of(),
                () -> {
                    throw new ConfigurationException(List.of("environment: HF_TOKEN_2 is HF_TOKEN again"));
                },
                List.of());

        ConfigurationException problem =
                catchThrowableOfType(ConfigurationException.class, () -> reader.read("f.yaml", "line-size: -1"));

        assertThat(problem.problems())
                .containsExactly(
                        "environment: HF_TOKEN_2 is HF_TOKEN again",
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
    void callsWhoseClientsHaveLeft_endIfTheFileSaysSo() {
        Configuration configuration = read("""
                accounts: [{id: hf-1, provider: groq}]
                gateway: {finish-abandoned: false}
                """);
        assertThat(configuration.gateway().orElseThrow().finishAbandoned()).isFalse();
    }

    @Test
    void clientsOfTheGateway_areReadWithTheirBounds_andShortKeysAreWarnedOf_withoutTheirValues() throws IOException {
        Path file = Files.writeString(shared.resolve("key"), "a key of more than enough characters");
        Configuration configuration = read("""
                accounts: [{id: hf-1, provider: groq}, {id: hf-2, provider: groq}]
                routes: {main: {}, other: {}}
                gateway:
                  show-accounts: true
                  watch-key: short-watch-key
                  clients:
                    - {name: acme, key: short-key, accounts: [hf-2], routes: [other, main], keep-alive: true}
                    - {name: long, key: "${file:%s}"}
                """.formatted(file));
        GatewaySettings gateway = configuration.gateway().orElseThrow();
        assertThat(gateway.showAccounts()).isTrue();
        assertThat(gateway.finishAbandoned()).isTrue();
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
    void keyOfAFile_thatIsEmptyOrGoneLater_cannotBeRead() throws IOException {
        Path file = Files.writeString(shared.resolve("key"), "a key of more than enough characters");
        Secret key = read("gateway: {clients: [{name: acme, key: \"${file:" + file + "}\"}]}")
                .gateway()
                .orElseThrow()
                .clients()
                .get(0)
                .key();
        Files.writeString(file, " \n");
        assertThatThrownBy(key::reveal).hasMessageContaining("is empty");
        Files.delete(file);
        assertThatThrownBy(key::reveal).hasMessageContaining("can't be read");
    }
}
