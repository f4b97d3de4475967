package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationTreeTest {

    private static final Map<String, String> PROPERTIES =
            Map.of("my.token", "gsk_secret", "A:${B:fallback}", "fallback", "NUMBER", "seven");

    @Test
    void values_areReadAsThoseOfAFile_withTheProgramsPlaceholders(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "from a file");
        Map<String, Object> routes = new LinkedHashMap<>();
        List<String> names = List.of("z", "y", "x", "a", "b", "c", "q");
        names.forEach(name -> routes.put(name, Map.of("model", "m")));
        Configuration read = read(
                Map.of(
                        "routes",
                        routes,
                        "accounts",
                        List.of(
                                Map.of("id", "a", "provider", "groq", "token", "${my.token}"),
                                Map.of("id", "b", "provider", "groq", "token", "${file:" + file + "}"),
                                Map.of("id", "${A:${B:fallback}}", "provider", "groq", "limits", "5 requests / 1m"))),
                Map.of());

        assertThat(read.accounts()).extracting(AccountSettings::id).containsExactly("a", "b", "fallback");
        assertThat(read.accounts().get(0).token().map(Secret::reveal)).contains("gsk_secret");
        assertThat(read.accounts().get(1).token().map(Secret::reveal)).contains("from a file");
        assertThat(read.accounts().get(2).limits()).hasSize(1);
        assertThat(read.routes()).extracting(RouteSettings::name).containsExactlyElementsOf(names);
        assertThat(read.warnings()).isEmpty();
    }

    @Test
    void problems_sayWhereTheProgramKeepsAValue_andNeverWhatAPlaceholderStandsFor() {
        Map<String, Object> values = Map.of(
                "accounts",
                List.of(Map.of("id", "a", "provider", "groq", "token", "${missing.one}", "weight", "${NUMBER}")),
                "caches",
                List.of("redis", "redis"),
                "line-sise",
                "3");
        Map<String, String> places = Map.of(
                "accounts[0]",
                "application.yaml, line 3",
                "caches",
                "application.yaml, line 5",
                "line-sise",
                "application-prod.yaml, line 9");

        ConfigurationException problem = catchThrowableOfType(ConfigurationException.class, () -> read(values, places));

        assertThat(problem.problems())
                .containsExactlyInAnyOrder(
                        "application.yaml, line 3: whippletree.accounts[0].token: the property or environment variable"
                                + " missing.one isn't set",
                        "application.yaml, line 3: whippletree.accounts[0].weight: expected a whole number, 1 or more,"
                                + " not '${NUMBER}'",
                        "application.yaml, line 5: whippletree.caches[1]: the cache 'redis' is listed twice",
                        "application-prod.yaml, line 9: whippletree.line-sise: unknown key; did you mean 'line-size'?");
        assertThat(tree(Map.of("accounts", "gsk_secret"), Map.of(), Map.of("HF_TOKEN", "gsk_secret")))
                .asString()
                .doesNotContain("gsk_secret");
        assertThatThrownBy(() -> read(Map.of(), Map.of()))
                .hasMessageContaining("application properties: whippletree.accounts: there is no account, neither in"
                        + " this file nor in the environment");
    }

    @Test
    void propertiesWithDottedNames_areATree_withListsInTheOrderOfTheirNumbers() {
        Map<String, String> properties = new HashMap<>();
        for (int index = 0; index < 12; index++) {
            properties.put("whippletree.accounts[" + index + "].id", "a" + index);
            properties.put("whippletree.accounts[" + index + "].provider", "groq");
        }
        properties.put("whippletree.accounts[0].token", "${my.token}");
        properties.put("whippletree.accounts[1].limits[0]", "5 requests / 1m");
        properties.put("whippletree.accounts[1].limits[1]", "50 requests / 1h");
        properties.put("whippletree.routes.\"z.a\".model", "m");
        properties.put("whippletree.routes.b.model", "m");
        properties.put("quarkus.http.port", "8080");

        Configuration read = properties(properties).read(Plugins.KNOWN, environment -> List.of(), List.of());

        assertThat(read.accounts())
                .extracting(AccountSettings::id)
                .containsExactly("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11");
        assertThat(read.accounts().get(0).token().map(Secret::reveal)).contains("gsk_secret");
        assertThat(read.accounts().get(1).limits()).hasSize(2);
        assertThat(read.routes()).extracting(RouteSettings::name).containsExactly("b", "z.a");
    }

    @Test
    void propertiesThatAreWrong_areNamedInFull() {
        assertThatThrownBy(() -> properties(Map.of("whippletree.routes.a", "m", "whippletree.routes.a.model", "m")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("whippletree.routes.a: has a value, and others below it");
        assertThatThrownBy(() -> properties(Map.of("whippletree.accounts[0].id", "a", "whippletree.accounts.b", "c"))
                        .read(Plugins.KNOWN, environment -> List.of(), List.of()))
                .hasMessageContaining("whippletree.accounts: expected a list, not keys");
        assertThatThrownBy(() -> properties(Map.of("whippletree.acounts[0].id", "a"))
                        .read(Plugins.KNOWN, environment -> List.of(), List.of()))
                .hasMessageContaining("whippletree.acounts: unknown key; did you mean 'accounts'?");
    }

    private static ConfigurationTree properties(Map<String, String> properties) {
        return ConfigurationTree.ofProperties(
                "whippletree.",
                properties.keySet(),
                properties::get,
                name -> Optional.ofNullable(PROPERTIES.get(name)));
    }

    @Test
    void pluginFolders_areThoseOfTheVariableAndOfTheKey() {
        assertThat(tree(Map.of("plugins", "mine"), Map.of(), Map.of("WHIPPLETREE_PLUGINS", "theirs"))
                        .pluginFolders())
                .containsExactly(Path.of("theirs"), Path.of("mine"));
        assertThat(tree(Map.of(), Map.of(), Map.of("WHIPPLETREE_PLUGINS", " ")).pluginFolders())
                .isEmpty();
        assertThatThrownBy(() -> tree(Map.of(), Map.of(), Map.of("WHIPPLETREE_PLUGINS", "a\0b"))
                        .pluginFolders())
                .hasMessageStartingWith("WHIPPLETREE_PLUGINS isn't a valid path: ");
    }

    @Test
    void environment_declaresAccounts_andPricesAreTheConfigurations() {
        Map<String, Object> prices = Map.of(
                "as-of",
                "2026-11-01",
                "currency",
                "usd",
                "prices",
                List.of(Map.of("provider", "groq", "model", "m", "prompt", "1", "completion", "1")));
        Configuration read = tree(Map.of("prices", prices), Map.of(), Map.of("ID", "e"))
                .read(
                        Plugins.KNOWN,
                        environment -> List.of(AccountSettings.builder(environment.get("ID"), "groq")
                                .build()),
                        List.of("ehcache"));
        assertThat(read.accounts()).extracting(AccountSettings::id).containsExactly("e");
        assertThat(read.caches().get(0).name()).isEqualTo("ehcache");
        assertThat(read.prices().orElseThrow().source()).isEqualTo("the configuration");
    }

    private static Configuration read(Map<String, Object> values, Map<String, String> places) {
        return tree(values, places, Map.of()).read(Plugins.KNOWN, environment -> List.of(), List.of());
    }

    private static ConfigurationTree tree(
            Map<String, Object> values, Map<String, String> places, Map<String, String> environment) {
        return new ConfigurationTree(
                "application properties",
                "whippletree.",
                values,
                places,
                environment,
                name -> Optional.ofNullable(PROPERTIES.get(name)));
    }
}
