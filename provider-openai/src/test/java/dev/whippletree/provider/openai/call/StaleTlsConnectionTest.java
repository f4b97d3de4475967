package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.OpenAiProvider;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.provider.RecordingSink;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@link StaleConnectionTest}, with TLS, where the end of a connection is a message too, and by a service that would
 * rather be called by HTTP/2.
 */
@Tag("slow")
final class StaleTlsConnectionTest {

    private static final String TRUSTED = "javax.net.ssl.trustStore";
    private static final String PASSWORD = "changeit";
    private static final MockResponse ANSWER = new MockResponse.Builder()
            .addHeader("Content-Type", "application/json")
            .body("{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}")
            .build();

    private final FakeServices services = FakeServices.real();
    private final MockWebServer server = new MockWebServer();

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        Path keys = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        PASSWORD,
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server.useHttps(context.getSocketFactory());
        server.setProtocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1));
        server.start();
        System.setProperty(TRUSTED, keys.toString());
        System.setProperty(TRUSTED + "Password", PASSWORD);
    }

    @AfterEach
    void stop() {
        System.clearProperty(TRUSTED);
        System.clearProperty(TRUSTED + "Password");
        server.close();
        services.close();
    }

    private ProviderClient connect() {
        return new OpenAiProvider().connect(Bench.account("https://localhost:" + server.getPort(), Map.of()), services);
    }

    private static RecordingSink send(ProviderClient client) {
        RecordingSink sink = new RecordingSink(false);
        client.send(Prompt.of("How are you?"), "test/model", sink);
        sink.awaitEnd();
        return sink;
    }

    @Test
    void connectionClosedAfterTheRequest_isReplacedOnce_ifItWasKept() throws Exception {
        MockResponse lost = new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build();
        server.enqueue(ANSWER);
        server.enqueue(lost);
        server.enqueue(ANSWER);
        server.enqueue(lost);
        try (ProviderClient client = connect()) {
            send(client).awaitDone();

            RecordingSink kept = send(client);
            RecordingSink fresh = send(client);

            kept.awaitDone();
            assertThat(kept.staleConnections()).isEqualTo(1);
            assertThat(kept.violations()).isEmpty();
            fresh.awaitFailure();
            assertThat(fresh.staleConnections()).isZero();
            assertThat(server.takeRequest().getConnectionIndex()).isZero();
        }
    }

    /** By HTTP/2, the next call went to the same connection, however long that had been silent. */
    @Test
    void connectionThatFellSilent_endsWithItsCall_asCallsGoByHttp1() throws Exception {
        server.enqueue(ANSWER);
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        server.enqueue(ANSWER);
        try (ProviderClient client = connect()) {
            send(client).awaitDone();
            assertThat(server.takeRequest().getConnectionIndex()).isZero();
            Cancellable silent = client.send(Prompt.of("How are you?"), "test/model", new RecordingSink(false));
            assertThat(server.takeRequest().getConnectionIndex()).isZero();
            silent.cancel();

            send(client).awaitDone();

            RecordedRequest next = server.takeRequest();
            assertThat(next.getVersion()).isEqualTo("HTTP/1.1");
            assertThat(next.getConnectionIndex()).isEqualTo(1);
        }
    }
}
