package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReloadedTest {

    private static final String YAML = """
            accounts: [{id: b, provider: groq}, {id: a, provider: groq, ACCOUNT}]
            routes: {r: {model: m, ROUTE}, s: {}}
            gateway: {clients: [{name: c, key: key-of-c-0123456789, CLIENT}]}
            REST
            """;

    private static Configuration read(String place, String key) {
        String yaml = YAML.replace(place, key).replaceAll("ACCOUNT|ROUTE|CLIENT|REST", "");
        return new ConfigurationReader(Plugins.KNOWN, Map.of(), List::<AccountSettings>of, List.of())
                .read("f.yaml", yaml);
    }

    /** Whatever is added, changed or taken away is told in one line. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ACCOUNT | token: secret | account a: changed: token",
                "ACCOUNT | organization: acme | account a: changed: organization",
                "ACCOUNT | weight: 2 | account a: changed: weight",
                "ACCOUNT | max-concurrency: 3 | account a: changed: max-concurrency",
                "ACCOUNT | transit: 1s | account a: changed: transit",
                "ACCOUNT | limits: [5 / 1m] | account a: changed: limits",
                "ACCOUNT | limit-scope: model | account a: changed: limit-scope",
                "ACCOUNT | credit: 1 usd / month | account a: changed: credit",
                "ACCOUNT | base-url: http://x | account a: changed: base-url",
                "ROUTE | accounts: [a] | route r: changed: tiers",
                "ROUTE | strategy: {name: least-loaded, choices: 3} | route r: changed: strategy",
                "ROUTE | patience: 9s | route r: changed: patience",
                "ROUTE | deadline: 9s | route r: changed: deadline",
                "ROUTE | max-tokens: 9 | route r: changed: max-tokens",
                "ROUTE | ttl: 9s | route r: changed: ttl",
                "ROUTE | attempts: 9 | route r: changed: retries",
                "ROUTE | retry-budget: {share: 9%} | route r: changed: retries",
                "ROUTE | timeouts: {first-token: 9s} | route r: changed: timeouts",
                "ROUTE | aliases: [x] | route r: changed: aliases",
                "ROUTE | leave: 9% | route r: changed: leave",
                "CLIENT | limits: [5 requests / 1m] | client c: changed: limits",
                "CLIENT | accounts: [a] | client c: changed: accounts",
                "CLIENT | routes: [r] | client c: changed: routes",
                "CLIENT | keep-alive: true | client c: changed: keep-alive",
                "CLIENT | weight: 3 | tenant c: changed: weight",
                "key-of-c-0123456789 | another-key-of-c-0123456789 | client c: changed: key",
                "REST | tenant-weights: {t: 2} | tenant t: changed: weight",
                "REST | caches: [redis] | caches",
                "REST | coordinator: redis | coordinator",
                "REST | line-size: 9 | line-size",
                "REST | tenant-line-size: 9 | tenant-line-size",
                "REST | batch-share: 9% | batch-share",
                "REST | max-concurrency: 9 | max-concurrency",
                "REST | cache-timeout: 9ms | cache-timeout",
                "REST | state: there | state",
                // The ends of ranges.
                "ROUTE | leave: 90% | route r: changed: leave",
                "ROUTE | retry-budget: {share: 100%} | route r: changed: retries",
                "CLIENT | weight: 1000 | tenant c: changed: weight",
                "REST | line-size: 0 | line-size",
                "REST | batch-share: 0% | batch-share",
                "REST | batch-share: 50% | batch-share",
                "REST | cache-timeout: 3650d | cache-timeout"
            })
    void changedKey_isTold_orSaidToNeedARestart(String place, String key, String told) {
        String line = told.contains(":") ? told : told + ": changed; takes effect after a restart";
        Configuration without = read("REST", "");
        Configuration with = read(place, key);

        assertThat(with.accounts().equals(without.accounts())).isEqualTo(!told.startsWith("account"));
        assertThat(with.routes().equals(without.routes())).isEqualTo(!told.startsWith("route"));
        assertThat(Reloaded.between(without, with)).hasToString(line);
        assertThat(Reloaded.between(with, without)).hasToString(line);
        assertThat(Reloaded.between(with, read(place, key))).hasToString("nothing changed");
        assertThat(Reloaded.between(without, with).needsRestart().isEmpty()).isEqualTo(told.contains(":"));
    }

    @Test
    void tokenThatCannotBeRead_isTakenForAnother() {
        Secret gone = Secret.from(() -> {
            throw new IllegalStateException("the file is gone");
        });
        Configuration configuration = DefaultConfiguration.of(
                List.of(AccountSettings.builder("a", "groq").token(gone).build()), "m", List.of());
        assertThat(Reloaded.between(configuration, configuration)).hasToString("account a: changed: token");
    }
}
