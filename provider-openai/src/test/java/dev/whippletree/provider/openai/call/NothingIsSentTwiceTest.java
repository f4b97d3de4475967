package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.OpenAiProvider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.provider.RecordingSink;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * OkHttp would send a request again in each of these cases, if it were left to. A second answer lies ready to tempt it.
 * We send one again in one case only ({@link StaleConnectionTest}).
 */
final class NothingIsSentTwiceTest {

    private static final MockResponse ANSWER = new MockResponse.Builder()
            .addHeader("Content-Type", "application/json")
            .body("{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}")
            .build();

    private final FakeServices services = FakeServices.real();
    private final MockWebServer server = new MockWebServer();
    private ProviderClient client;

    @BeforeEach
    void start() throws IOException {
        server.start();
        String address = "http://127.0.0.1:" + server.getPort();
        client = new OpenAiProvider().connect(Bench.account(address, Map.of()), services);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        services.close();
    }

    static Stream<MockResponse> temptations() {
        return Stream.of(
                status(408).build(),
                status(408).addHeader("Retry-After", "0").build(),
                status(503).addHeader("Retry-After", "0").build(),
                status(301).addHeader("Location", "/v1/chat/completions").build(),
                status(307).addHeader("Location", "/v1/chat/completions").build(),
                status(308).addHeader("Location", "/v1/chat/completions").build(),
                status(401).addHeader("WWW-Authenticate", "Basic realm=x").build(),
                status(407).addHeader("Proxy-Authenticate", "Basic realm=x").build(),
                status(421).build(),
                status(200).onRequestStart(new SocketEffect.CloseSocket()).build(),
                status(200).onResponseStart(new SocketEffect.CloseSocket()).build(),
                status(200)
                        .onResponseStart(SocketEffect.ShutdownConnection.INSTANCE)
                        .build());
    }

    private static MockResponse.Builder status(int status) {
        return new MockResponse.Builder().code(status);
    }

    @ParameterizedTest
    @MethodSource("temptations")
    void temptation_isResisted(MockResponse temptation) {
        server.enqueue(temptation);
        server.enqueue(ANSWER);

        send().awaitEnd();

        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    private RecordingSink send() {
        RecordingSink sink = new RecordingSink(false);
        client.send(Prompt.of("How are you?"), "test/model", sink);
        sink.awaitEnd();
        return sink;
    }
}
