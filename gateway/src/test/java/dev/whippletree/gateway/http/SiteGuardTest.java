package dev.whippletree.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.gateway.RunningGateway;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.net.Socket;
import java.util.List;
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
        "localhost, 200",
        "LOCALHOST:80, 200",
        "a.localhost, 200",
        "127.0.0.1, 200",
        "127.255.1.9:80, 200",
        "[::1]:8080, 200",
        "[::2], 403",
        "127.999.1.1, 403",
        "127.256.0.1, 403",
        "127.0.0, 403",
        "1270.0.0.1, 403",
        "127.0.0.1.example.com, 403",
        "localhost.evil.example, 403",
        "evil.example:80, 403",
        "192.168.0.1, 403"
    })
    void withoutKeys_onlyThisMachinesNamesAreAnswered(String host, int status) throws Exception {
        try (RunningGateway running = RunningGateway.open()) {
            for (String path : List.of("/", "/v1/models")) {
                try (Socket socket = running.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")) {
                    assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 " + status + " ");
                }
            }
        }
    }
}
