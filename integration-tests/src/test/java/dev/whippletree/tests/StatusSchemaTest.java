package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.Telemetry;
import dev.whippletree.testkit.emulator.EmulatedServices;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a gateway tells of itself is what docs/reference/status.schema.json says. */
final class StatusSchemaTest {

    private static final Path SCHEMA = Path.of("../docs/reference/status.schema.json");
    private static final String KEY = "key-of-the-client-n";
    private static final String WATCH_KEY = "key-of-the-watchers";

    @RegisterExtension
    final EmulatedServices services = EmulatedServices.of(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
            .account("hf-1", "token-of-hf-1")
            .build());

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonNode schema = JsonMapper.shared().readTree(read());

    private static String read() {
        try {
            return Files.readString(SCHEMA);
        } catch (IOException e) {
            throw new AssertionError(SCHEMA + " can't be read", e);
        }
    }

    @Test
    void statusOfAGateway_hasThePropertiesOfTheSchema_andNoOthers() throws Exception {
        Path file = Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts:
                  - {id: hf-1, provider: huggingface, token: "${HF}", base-url: "%s", limits: [100 requests / 1h]}
                  - {id: hf-2, provider: huggingface, token: "${HF_2}", base-url: "%s"}
                gateway:
                  watch-key: ${WATCH}
                  clients:
                    - {name: n, key: "${KEY}", limits: [100 requests / 1h]}
                prices:
                  as-of: 2026-11-01
                  currency: usd
                  prices: [{provider: huggingface, model: openai/gpt-oss-20b, prompt: 1, completion: 2}]
                """.formatted(
                        services.baseUrl(ServiceKind.HUGGING_FACE), services.baseUrl(ServiceKind.HUGGING_FACE)));
        try (SystemTimeline timeline = new SystemTimeline()) {
            Telemetry telemetry = new Telemetry(timeline);
            Whippletree.Builder builder = Whippletree.builder()
                    .configuration(file)
                    .environment(
                            Map.of("HF", "token-of-hf-1", "HF_2", "nobodys-token", "WATCH", WATCH_KEY, "KEY", KEY));
            telemetry.listeners().forEach(builder::listener);
            try (Whippletree whippletree = builder.build();
                    Gateway gateway = Gateway.start(
                            whippletree,
                            whippletree.configuration().gateway().orElseThrow().withPort(0),
                            timeline,
                            telemetry)) {
                ask(gateway, "{\"messages\": [{\"role\": \"user\", \"content\": \"One\"}]}");
                ask(gateway, "{\"messages\": [{\"role\": \"user\", \"content\": \"Two\"}]}");
                ask(gateway, "{\"model\": \"nonesuch\"}");

                JsonNode status = JsonMapper.shared()
                        .readTree(send(request(gateway, "status", WATCH_KEY).GET()));

                assertThat(status.at("/gateway/refusals/0/code").asString()).isNotBlank();
                assertThat(status.at("/accounts/0/limits/0/amount").asInt()).isEqualTo(100);
                check("", status, schema);
            }
        }
    }

    private void ask(Gateway gateway, String body) throws IOException, InterruptedException {
        send(request(gateway, "v1/chat/completions", KEY).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpRequest.Builder request(Gateway gateway, String path, String key) {
        return HttpRequest.newBuilder(URI.create(gateway.pageUrl() + path)).header("Authorization", "Bearer " + key);
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Knows what the schema uses of JSON Schema, and allows no property that isn't there. */
    private void check(String place, JsonNode value, JsonNode described) {
        if (described.has("$ref")) {
            check(place, value, schema.at(described.get("$ref").asString().substring(1)));
        } else if (described.has("enum")) {
            assertThat(described.get("enum")).as(place).contains(value);
        } else {
            checkType(place, value, described);
        }
    }

    private void checkType(String place, JsonNode value, JsonNode described) {
        String type = described.get("type").asString();
        boolean right = switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> value.isString();
        };
        assertThat(right).as("%s: %s is of type %s", place, value, type).isTrue();
        if (type.equals("array")) {
            value.forEach(element -> check(place + "[]", element, described.get("items")));
        }
        if (type.equals("object")) {
            if (described.has("required")) {
                described
                        .get("required")
                        .forEach(name -> assertThat(value.has(name.asString()))
                                .as("%s has %s", place, name)
                                .isTrue());
            }
            for (String name : value.propertyNames()) {
                JsonNode property = described.get("properties").get(name);
                assertThat(property).as("%s/%s is in the schema", place, name).isNotNull();
                check(place + "/" + name, value.get(name), property);
            }
        }
    }
}
