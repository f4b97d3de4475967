package dev.whippletree.springboot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.whippletree.Whippletree;
import dev.whippletree.config.ConfigurationTree;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedResource;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin.Location;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;

final class PropertyTreeTest {

    private static final PropertyKeys KEYS = new PropertyKeys(Whippletree.builder());

    private final StandardEnvironment environment = new StandardEnvironment();

    PropertyTreeTest() {
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        variables(Map.of());
    }

    private void variables(Map<String, Object> variables) {
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    }

    /** Adds a file behind all sources before it. */
    private PropertyTreeTest file(String yaml) throws IOException {
        new YamlPropertySourceLoader()
                .load("file", new ByteArrayResource(yaml.getBytes(UTF_8), "app.yaml"))
                .forEach(source -> environment
                        .getPropertySources()
                        .addLast(new MapPropertySource(
                                "file " + environment.getPropertySources().size(), map(source.getSource()))));
        return this;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object source) {
        return (Map<String, Object>) source;
    }

    private ConfigurationTree tree() {
        return PropertyTree.of(environment, KEYS);
    }

    @Test
    void yaml_isTheTreeThatTheConfigurationFileWouldHave() throws IOException {
        file("""
                whippletree:
                  accounts:
                    - id: hf-1
                      provider: huggingface
                      token: ${HF_TOKEN}
                      limits: [1000 requests / 1h, {limit: 8000 tokens / 1m, model: m}]
                  routes:
                    z: {tiers: [[{account: hf-1, model: a}], {account: hf-1, model: b}]}
                    Y_1:
                    "[a.b]": {model: m}
                  caches: []
                  tenant-weights: {Big-One: 4, 42: 2}
                """);

        assertThat(tree().values())
                .isEqualTo(Map.of(
                        "accounts",
                        List.of(Map.of(
                                "id",
                                "hf-1",
                                "provider",
                                "huggingface",
                                "token",
                                "${HF_TOKEN}",
                                "limits",
                                List.of("1000 requests / 1h", Map.of("limit", "8000 tokens / 1m", "model", "m")))),
                        "routes",
                        Map.of(
                                "z",
                                Map.of(
                                        "tiers",
                                        List.of(
                                                List.of(Map.of("account", "hf-1", "model", "a")),
                                                Map.of("account", "hf-1", "model", "b"))),
                                "Y_1",
                                Map.of(),
                                "a.b",
                                Map.of("model", "m")),
                        "caches",
                        List.of(),
                        "tenant-weights",
                        Map.of("Big-One", "4", "42", "2")));
        assertThat(tree().values().get("routes")).asString().matches("\\{z=.*, Y_1=.*, a\\.b=.*}");
    }

    @Test
    void keys_areRecognisedInEachFormThatSpringBootAllows() throws IOException {
        variables(Map.of(
                "WHIPPLETREE_ACCOUNTS_0_MAXCONCURRENCY", "3",
                "WHIPPLETREE_ACCOUNTS_0_BASEURL", "http://localhost",
                "WHIPPLETREE_LINESIZE", "5"));
        file("""
                whippletree:
                  tenantLineSize: 6
                  cache_timeout: 2s
                  defaultRoute: r
                """);

        assertThat(tree().values())
                .containsKeys("accounts", "line-size", "tenant-line-size", "cache-timeout", "default-route");
        assertThat(tree().values().get("accounts"))
                .isEqualTo(List.of(Map.of(
                        "max-concurrency",
                        "${whippletree.accounts[0].maxconcurrency}",
                        "base-url",
                        "${whippletree.accounts[0].baseurl}")));
        assertThat(tree().properties().apply("whippletree.accounts[0].maxconcurrency"))
                .contains("3");
    }

    @Test
    void variablesThatAreNoKeys_areLeftAlone() {
        variables(Map.of(
                "WHIPPLETREE_MODEL", "m",
                "WHIPPLETREE_CONFIG", "c",
                "WHIPPLETREE_PLUGINS", "p",
                "WHIPPLETREE_SERVICE_HOST", "10.0.0.1",
                "WHIPPLETREE_PORT", "tcp://10.0.0.1:80"));

        assertThat(tree().values()).isEmpty();
        assertThat(tree().environment()).containsEntry("WHIPPLETREE_MODEL", "m");
    }

    @Test
    void aSourceBeforeAnother_wins_mapsAreMerged_andListsAreTakenWhole() throws IOException {
        file("""
                whippletree:
                  accounts: [{id: prod}]
                  routes: {r: {model: big}}
                  caches: redis
                """);
        file("""
                whippletree:
                  accounts: [{id: a, weight: 2}, {id: b}]
                  routes: {r: {model: small, attempts: 3}, s: {attempts: 1}}
                  caches: [ehcache, redis]
                """);

        assertThat(tree().values())
                .isEqualTo(Map.of(
                        "accounts",
                        List.of(Map.of("id", "prod")),
                        "routes",
                        Map.of("r", Map.of("model", "big", "attempts", "3"), "s", Map.of("attempts", "1")),
                        "caches",
                        "redis"));
    }

    /** A file of the class path by its path there, a source that tells no more by its name. */
    @Test
    void places_areToldInWords() {
        Resource tracked = OriginTrackedResource.of(new ClassPathResource("app.yaml"), mock(Origin.class));
        assertThat(place(new TextResourceOrigin(tracked, new Location(6, 0)))).isEqualTo("app.yaml, line 7");
        assertThat(place(new TextResourceOrigin(tracked, null))).isEqualTo("app.yaml");
        assertThat(place(new TextResourceOrigin(null, null))).isEqualTo("application properties");
        Map.of("commandLineArgs", "command line", "systemProperties", "system properties", "mine", "mine")
                .forEach((source, words) -> assertThat(
                                place(PropertySourceOrigin.get(new MapPropertySource(source, Map.of("a", "b")), "a")))
                        .isEqualTo(words));
    }

    private static String place(Origin origin) {
        return PropertyPlace.of(new ConfigurationProperty(ConfigurationPropertyName.of("a"), "b", origin))
                .text();
    }

    @Test
    void elementsOfALongList_keepTheirOrder() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("whippletree.caches[99999999999]", "last");
        for (int index = 11; index >= 0; index--) {
            properties.put("whippletree.caches[" + index + "]", "c" + index);
        }
        environment.getPropertySources().addLast(new MapPropertySource("properties", properties));

        assertThat(tree().values().get("caches"))
                .isEqualTo(List.of("c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11", "last"));
    }
}
