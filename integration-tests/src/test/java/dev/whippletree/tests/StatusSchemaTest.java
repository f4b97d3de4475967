package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.whippletree.Whippletree;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.gateway.Gateway;
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

    private static final String KEY = "key-of-the-client-n";
    private static final String WATCH_KEY = "key-of-the-watchers";

    @RegisterExtension
    final EmulatedServices services = EmulatedServices.of(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
            .account("hf-1", "token-of-hf-1")
            .build());

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    /** Returns the schema, which allows what a later release adds, without that. */
    private static Schema closedSchema() throws IOException {
        String closed = Files.readString(Project.ROOT.resolve("docs/reference/status.schema.json"))
                .replace("\"type\": \"object\"", "\"type\": \"object\", \"additionalProperties\": false");
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(closed, InputFormat.JSON);
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
        Whippletree.Builder builder = Whippletree.builder()
                .configuration(file)
                .environment(Map.of("HF", "token-of-hf-1", "HF_2", "nobodys-token", "WATCH", WATCH_KEY, "KEY", KEY));
        try (SystemTimeline timeline = new SystemTimeline();
                MeasuredGateway measured = MeasuredGateway.start(builder, timeline)) {
            Gateway gateway = measured.gateway();
            ask(gateway, "{\"messages\": [{\"role\": \"user\", \"content\": \"One\"}]}");
            ask(gateway, "{\"messages\": [{\"role\": \"user\", \"content\": \"Two\"}]}");
            ask(gateway, "{\"model\": \"nonesuch\"}");

            String json = send(request(gateway, "status", WATCH_KEY).GET());

            JsonNode status = JsonMapper.shared().readTree(json);
            assertThat(status.at("/gateway/refusals/0/code").asString()).isNotBlank();
            assertThat(status.at("/accounts/0/limits/0/amount").asInt()).isEqualTo(100);
            assertThat(closedSchema().validate(json, InputFormat.JSON)).isEmpty();
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
}
