package dev.whippletree.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.gateway.RunningGateway;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SiteGuardTest {

    /** Its own name for this machine, from {@code /etc/hosts} for example, is as good as localhost. */
    @ParameterizedTest
    @ValueSource(strings = {"desk", "DESK:8080"})
    void nameThatItListensOn_isAnsweredWithoutKeys(String host) throws Exception {
        HttpServerExchange exchange = mock(HttpServerExchange.class);
        when(exchange.getRequestHeaders()).thenReturn(new HeaderMap().put(Headers.HOST, host));
        AtomicBoolean passed = new AtomicBoolean();
        new SiteGuard("Desk", () -> false, next -> passed.set(true)).handleRequest(exchange);
        assertThat(passed).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 200",
        "127.255.1.9:80, 200",
        "127.999.1.1, 403",
        "127.256.0.1, 403",
        "127.0.0.1.example.com, 403",
        "127.0.0, 403"
    })
    void addressOfThisMachine_isOneThatExists(String host, int status) throws Exception {
        try (RunningGateway running = RunningGateway.open();
                Socket socket = running.send("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\n\r\n")) {
            assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 " + status + " ");
        }
    }
}
