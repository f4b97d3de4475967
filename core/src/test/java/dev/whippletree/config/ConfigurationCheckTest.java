package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.config.Configuration.ChosenCoordinator;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ConfigurationCheckTest {

    private static final Map<String, String> NONE = Map.of();

    /** A token is one account's only where it is sent to one service. */
    @Test
    void whatIsRight_isReturned() {
        AccountSettings elsewhere = AccountSettings.of(
                "b",
                "groq",
                Optional.of(Secret.of("x")),
                new Settings("account b", Map.of("base-url", "http://localhost:1")));
        Configuration configuration = configuration(
                List.of(account("a", "groq", "x"), elsewhere, account("c", "huggingface", "x")),
                List.of(RouteSettings.builder("r")
                        .tier(new TargetSettings("a", "m"), new TargetSettings("a", "n"))
                        .tier(new TargetSettings("a", "m"))
                        .build()),
                List.of("redis"));

        assertThat(ConfigurationCheck.of(configuration, Plugins.KNOWN, NONE)).isSameAs(configuration);
    }

    @Test
    void noAccountOrNoRoute_isSaidOnce() {
        assertThat(problems(configuration(List.of(), List.of(), List.of()), NONE))
                .containsExactly("there is no account; add one, or take them from the environment");
        assertThat(problems(configuration(List.of(account("a", "groq", "x")), List.of(), List.of()), NONE))
                .containsExactly("there is no route; add at least one");
    }

    @Test
    void everyProblem_isToldAtOnce() {
        AccountSettings unknownSetting = AccountSettings.of(
                "b", "groq", Optional.empty(), new Settings("account b", Map.of("base-ulr", "http://x")));
        Configuration configuration = configuration(
                List.of(account("a", "grok", "x"), unknownSetting, account("b", "groq", "y")),
                List.of(route("r", "a", "a"), route("r", "bb"), strategy("s", "random")),
                List.of("redis", "redis", "memcached"));
        ChosenCoordinator coordinator =
                new ChosenCoordinator("redis", new Settings("coordinator redis", Map.of("url", "x")));

        assertThat(problems(configuration.withCoordinator(coordinator), NONE))
                .containsExactly(
                        "account a: no provider named 'grok'; known: groq, huggingface; did you mean 'groq'?",
                        "account b: base-ulr: unknown setting; did you mean 'base-url'?",
                        "account b: two accounts have this id; give each its own id",
                        "route r: account a with model m is in the same tier twice",
                        "route r: two routes have this name; give each its own name",
                        "route r: no account named 'bb'; did you mean 'b'?",
                        "route s: no strategy named 'random'; known: least-loaded, round-robin; its module"
                                + " (whippletree-strategy-random, if it is part of Whippletree) isn't on the class"
                                + " path, or was merged into a jar without META-INF/services (merge them: shade plugin,"
                                + " ServicesResourceTransformer)",
                        "cache redis: listed twice",
                        "cache memcached: no cache named 'memcached'; known: ehcache, redis; its module"
                                + " (whippletree-cache-memcached, if it is part of Whippletree) isn't on the class"
                                + " path, or was merged into a jar without META-INF/services (merge them: shade plugin,"
                                + " ServicesResourceTransformer)",
                        "coordinator redis: url: unknown setting; did you mean 'uri'?");
    }

    @Test
    void sameToken_isToldByAccountsAndVariables_neverByValue() {
        Configuration configuration = configuration(
                List.of(account("a", "groq", "gsk_secret"), account("b", "groq", "gsk_secret")),
                List.of(route("r", "a")),
                List.of());

        assertThat(problems(configuration, Map.of("GROQ_API_KEY", "gsk_secret", "OTHER", "else")))
                .containsExactly("account b: accounts a and b have the same token (GROQ_API_KEY); give each account its"
                        + " own token, or remove one of them");
    }

    @Test
    void tokenThatCannotBeRead_isSaid() {
        AccountSettings account = AccountSettings.of(
                "a",
                "groq",
                Optional.of(Secret.from(() -> {
                    throw new IllegalStateException("the file /x can't be read");
                })),
                Settings.none("account a"));

        assertThat(problems(configuration(List.of(account), List.of(route("r", "a")), List.of()), NONE))
                .containsExactly("account a: the token can't be read: the file /x can't be read");
    }

    @Test
    void severalOrganizationsOfOneProvider_areNoted() {
        assertThat(SeparateAccounts.notes(
                        List.of(of("a", "acme"), of("b", "acme"), of("c", "other"), account("d", "huggingface", "z"))))
                .containsExactly(
                        "The groq accounts a, b, c count as 2 organizations; accounts that share a quota need the same"
                                + " 'organization'. Use only accounts you are entitled to use.");
        assertThat(SeparateAccounts.notes(List.of(of("a", "acme"), of("b", "acme"))))
                .isEmpty();
    }

    private static List<String> problems(Configuration configuration, Map<String, String> environment) {
        return catchThrowableOfType(
                        ConfigurationException.class,
                        () -> ConfigurationCheck.of(configuration, Plugins.KNOWN, environment))
                .problems();
    }

    private static Configuration configuration(
            List<AccountSettings> accounts, List<RouteSettings> routes, List<String> caches) {
        List<CacheTierSettings> tiers = caches.stream()
                .map(name -> new CacheTierSettings(name, Settings.none("cache " + name)))
                .toList();
        return new Configuration(accounts, routes, tiers, EngineSettings.DEFAULT, List.of());
    }

    private static AccountSettings account(String id, String provider, String token) {
        return AccountSettings.of(id, provider, Optional.of(Secret.of(token)), Settings.none("account " + id));
    }

    private static AccountSettings of(String id, String organization) {
        return account(id, "groq", id).toBuilder().organization(organization).build();
    }

    private static RouteSettings route(String name, String... accounts) {
        List<TargetSettings> targets = List.of(accounts).stream()
                .map(id -> new TargetSettings(id, "m"))
                .toList();
        return RouteSettings.of(name, List.of(new Tier(targets)));
    }

    private static RouteSettings strategy(String name, String strategy) {
        RouteSettings plain = route(name, "a");
        return plain.toBuilder().strategy(strategy).build();
    }
}
