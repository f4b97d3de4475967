package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.Vectors;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.testkit.cache.MapCache;
import dev.whippletree.time.SystemTimeline;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Vectors from emulated services, by each provider that has them, in Java and through the gateway. */
final class EmbeddingsTest {

    private static final String SMALL = "text-embedding-3-small";
    private static final String BGE = "BAAI/bge-small-en-v1.5";

    private final SystemTimeline timeline = new SystemTimeline();
    private final EmulatorServer server = EmulatorServer.start(
            List.of(
                    service(ServiceKind.OPENAI, FaultScript.of(FaultRule.parse("500#1:a"))),
                    service(ServiceKind.HUGGING_FACE, FaultScript.NONE)),
            0,
            timeline);
    private final Whippletree whippletree = Whippletree.builder()
            .account(account("a", ServiceKind.OPENAI))
            .account(account("b", ServiceKind.OPENAI))
            .account(account("h", ServiceKind.HUGGING_FACE))
            .account(AccountSettings.builder("g", "groq").token("gsk_x").build())
            .route(route("openai", new TargetSettings("a", SMALL), new TargetSettings("b", SMALL)))
            .route(route("hf", new TargetSettings("h", BGE)))
            .route(route("groq", new TargetSettings("g", "openai/gpt-oss-20b")))
            .cache(new MapCache())
            .cache(MapCache.NAME)
            .build();
    private final Gateway gateway = Gateway.start(whippletree, GatewaySettings.DEFAULT.withPort(0), timeline);

    private EmulatedService service(ServiceKind kind, FaultScript faults) {
        return new EmulatedService(
                ServiceSettings.builder(kind)
                        .account("a", "token-a")
                        .account("b", "token-b")
                        .account("h", "token-h")
                        .faults(faults)
                        .build(),
                timeline.nanoTime());
    }

    private AccountSettings account(String id, ServiceKind kind) {
        return AccountSettings.builder(id, kind.provider())
                .token("token-" + id)
                .setting("base-url", server.baseUrl(kind))
                .build();
    }

    private static RouteSettings route(String name, TargetSettings... targets) {
        return RouteSettings.of(name, List.of(new Tier(List.of(targets))));
    }

    @AfterEach
    void close() {
        gateway.close();
        whippletree.close();
        server.close();
        timeline.close();
    }

    private Embeddings embed(String route, List<String> texts) {
        Prompt.Builder prompt =
                Prompt.builder().operation(Prompt.Operation.EMBEDDING).route(route);
        texts.forEach(prompt::user);
        return whippletree.embed(prompt.build()).join();
    }

    private static List<String> texts(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "Text no. " + number + " \"é\" ")
                .toList();
    }

    private static void assertVectors(Embeddings vectors, List<String> texts, String model) {
        assertThat(vectors.all().stream().map(Embedding::base64))
                .containsExactlyElementsOf(texts.stream()
                        .map(text -> Vectors.of(text, model, Vectors.DIMENSIONS))
                        .toList());
    }

    @Test
    void openAi_failsOver_andIsAskedForUnknownTextsAlone() {
        assertVectors(embed("openai", texts(100)), texts(100), SMALL);
        long calls = calls();
        Embeddings more = embed("openai", texts(110));

        assertVectors(more, texts(110), SMALL);
        assertThat(more.cached()).isEqualTo(100);
        assertThat(more.calls()).isEqualTo(1);
        assertThat(more.usage().promptTokens()).isPositive();
        assertThat(calls() - calls).isEqualTo(1);
    }

    private long calls() {
        return server.stats().stream().mapToLong(stats -> stats.calls()).sum();
    }

    @Test
    void huggingFace_extractsFeatures() {
        Embeddings vectors = embed("hf", texts(40));

        assertVectors(vectors, texts(40), BGE);
        assertThat(vectors.calls()).isEqualTo(2);
        assertThat(vectors.origin().model()).isEqualTo(BGE);
    }

    @Test
    void groq_isRefusedInWords() {
        assertThatThrownBy(() -> embed("groq", texts(1)))
                .hasMessageContaining("account g: Groq has no embeddings; name a model of another provider");
    }

    @Test
    void gateway_givesWhatTheServiceGave() throws Exception {
        HttpResponse<String> tokens = post("{\"model\":\"" + SMALL
                + "\",\"input\":[[104,101],[98]],\"encoding_format\":\"base64\",\"dimensions\":8}");
        assertThat(tokens.body()).contains(Vectors.of("104 101", SMALL, 8), Vectors.of("98", SMALL, 8));

        HttpResponse<String> wrong = post("{\"model\":\"" + SMALL + "\",\"input\":\"a\",\"dimensions\":257}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("'dimensions' must be 1 to 256 for this model, not 257");

        assertThat(post("{\"model\":\"" + SMALL + "\",\"input\":[\"a\",\"\"]}").body())
                .contains("'input' can't hold an empty text", "invalid_request_error");
    }

    private HttpResponse<String> post(String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gateway.baseUrl() + "/embeddings"))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
