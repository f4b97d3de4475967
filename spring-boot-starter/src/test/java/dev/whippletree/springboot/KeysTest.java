package dev.whippletree.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.Whippletree;
import dev.whippletree.config.ConfigurationTree;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.springboot.WhippletreeProperties.Account;
import dev.whippletree.springboot.WhippletreeProperties.Backoff;
import dev.whippletree.springboot.WhippletreeProperties.Batches;
import dev.whippletree.springboot.WhippletreeProperties.Client;
import dev.whippletree.springboot.WhippletreeProperties.Gateway;
import dev.whippletree.springboot.WhippletreeProperties.RetryBudget;
import dev.whippletree.springboot.WhippletreeProperties.Route;
import dev.whippletree.springboot.WhippletreeProperties.Timeouts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The keys that editors complete are those that the reader of the configuration file knows: it lists them for a key
 * that it doesn't.
 */
final class KeysTest {

    private static final String UNKNOWN = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq";

    static List<Arguments> sections() {
        Map<String, Object> wrong = Map.of(UNKNOWN, "1");
        return List.of(
                Arguments.of("", WhippletreeProperties.class, wrong),
                Arguments.of(
                        "accounts[0].",
                        Account.class,
                        Map.of("accounts", List.of(Map.of("id", "a", "provider", "unknown", UNKNOWN, "1")))),
                Arguments.of("routes.r.", Route.class, Map.of("routes", Map.of("r", wrong))),
                Arguments.of(
                        "routes.r.backoff.", Backoff.class, Map.of("routes", Map.of("r", Map.of("backoff", wrong)))),
                Arguments.of(
                        "routes.r.retry-budget.",
                        RetryBudget.class,
                        Map.of("routes", Map.of("r", Map.of("retry-budget", wrong)))),
                Arguments.of(
                        "routes.r.timeouts.", Timeouts.class, Map.of("routes", Map.of("r", Map.of("timeouts", wrong)))),
                Arguments.of("gateway.", Gateway.class, Map.of("gateway", wrong)),
                Arguments.of("gateway.batches.", Batches.class, Map.of("gateway", Map.of("batches", wrong))),
                Arguments.of(
                        "gateway.clients[0].", Client.class, Map.of("gateway", Map.of("clients", List.of(wrong)))));
    }

    @ParameterizedTest
    @MethodSource("sections")
    void keysOfTheReader_areThoseOfTheProperties(String path, Class<?> type, Map<String, Object> values) {
        Whippletree.Builder builder = Whippletree.builder()
                .configuration(() -> new ConfigurationTree(
                        "test", "", values, Map.of(), Map.of("HF_TOKEN", "hf_x"), name -> Optional.empty()));

        ConfigurationException told = catchThrowableOfType(ConfigurationException.class, builder::build);

        assertThat(told.problems())
                .filteredOn(problem -> problem.startsWith("test: " + path + UNKNOWN + ": unknown key; known: "))
                .singleElement()
                .satisfies(problem -> assertThat(
                                Set.of(problem.replaceFirst(".*known: ", "").split(", ")))
                        .isEqualTo(new TreeSet<>(PropertyKeys.components(type).keySet())));
    }

    @Test
    void metadata_describesEveryKey() throws IOException {
        JsonNode metadata;
        URL classes = WhippletreeProperties.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation();
        try (InputStream in = URI.create(classes + "META-INF/spring-configuration-metadata.json")
                .toURL()
                .openStream()) {
            metadata = JsonMapper.shared().readTree(in);
        }
        List<String> names = new ArrayList<>();
        for (JsonNode property : metadata.get("properties")) {
            assertThat(property.path("description").asString(""))
                    .as("description of %s", property.get("name"))
                    .isNotBlank();
            names.add(property.get("name").asString());
        }

        PropertyKeys.components(WhippletreeProperties.class).forEach((key, type) -> {
            if (type == Gateway.class) {
                Set<String> nested =
                        new TreeSet<>(PropertyKeys.components(Gateway.class).keySet());
                nested.remove("batches");
                PropertyKeys.components(Batches.class).keySet().forEach(below -> nested.add("batches." + below));
                nested.forEach(name -> assertThat(names).contains("whippletree.gateway." + name));
            } else {
                assertThat(names).contains("whippletree." + key);
            }
        });
        assertThat(names).contains("management.health.whippletree.enabled");
        PropertyKeys.components(WhippletreeChatProperties.class)
                .keySet()
                .forEach(key -> assertThat(names).contains("spring.ai.whippletree.chat." + key));
        PropertyKeys.components(WhippletreeEmbeddingProperties.class)
                .keySet()
                .forEach(key -> assertThat(names).contains("spring.ai.whippletree.embedding." + key));
        PropertyKeys.components(LangChain4jEmbeddingProperties.class)
                .keySet()
                .forEach(key -> assertThat(names).contains("langchain4j.whippletree.embedding-model." + key));
    }
}
