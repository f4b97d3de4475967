package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.OpenAiProvider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.provider.RecordingSink;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectWordsTest {

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(new UnknownHostException("api.magpie.example"), "the host is unknown"),
                Arguments.of(new SocketTimeoutException("timeout"), "connecting took longer than 2.5 s"),
                Arguments.of(
                        new ConnectException("Failed to connect").initCause(new ConnectException("Connection refused")),
                        "it refuses connections"),
                Arguments.of(new ConnectException("Network is unreachable"), "it can't be reached"),
                Arguments.of(new NoRouteToHostException("No route to host"), "it can't be reached"),
                Arguments.of(tls(new CertificateExpiredException()), "its certificate has expired"),
                Arguments.of(tls(new CertificateNotYetValidException()), "its certificate isn't valid yet"),
                Arguments.of(tls(new CertPathValidatorException("PKIX")), "its certificate isn't trusted here"),
                Arguments.of(new SSLPeerUnverifiedException("Hostname x"), "its certificate is for another host"),
                Arguments.of(new SSLException("Unsupported or unrecognized SSL message"), "the TLS handshake failed"),
                Arguments.of(
                        new IOException("Unexpected response code for CONNECT: 407"),
                        "the proxy can't connect to it (407)"),
                Arguments.of(new IOException(), "connecting failed"));
    }

    private static Throwable tls(Exception cause) {
        return new SSLHandshakeException("no").initCause(new CertificateException("PKIX failed", cause));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void fault_isSaidInWords(IOException fault, String words) {
        assertThat(ConnectWords.of(fault, Duration.ofMillis(2_500)))
                .startsWith(words)
                .doesNotContain("Exception", "SSL", "PKIX");
    }

    @Test
    void refusedConnection_isSaid_withHostAndPort() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(words("http://127.0.0.1:" + port, Map.of()))
                .isEqualTo("no answer from 127.0.0.1:" + port
                        + ": it refuses connections; check base-url, and that the service runs there");
    }

    @Test
    void unknownHost_isSaid() {
        assertThat(words("http://magpie.invalid", Map.of()))
                .isEqualTo("no answer from magpie.invalid: the host is unknown; check its name and the network");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\n\r\n", ""})
    void serviceWithoutTls_isSaid(String greeting) throws IOException {
        try (TlsLess service = new TlsLess(greeting)) {
            assertThat(words(service.address(), Map.of()))
                    .endsWith(": the TLS handshake failed; check base-url, and whether it is https or http");
        }
    }

    /** Held a call until its timeout: connecting was bounded, but not what makes the connection secure. */
    @Test
    void serviceThatSaysNothing_takesTooLong() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(words("https://127.0.0.1:" + silent.getLocalPort(), Map.of("connect-timeout", "100ms")))
                    .endsWith(": connecting took longer than 100 ms; check base-url and the network");
        }
    }

    @Test
    void timeForConnecting_isNotThatForAnAnswer() {
        String answer = "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}";
        try (RawService service = new RawService();
                FakeServices services = FakeServices.real();
                ProviderClient client = new OpenAiProvider()
                        .connect(Bench.account(service.address(), Map.of("connect-timeout", "1s")), services)) {
            service.reply(
                    0,
                    service.after(
                            Duration.ofMillis(1_100),
                            "HTTP/1.1 200 OK\r\nContent-Length: " + answer.length() + "\r\n\r\n" + answer));
            RecordingSink sink = new RecordingSink(false);
            client.send(Prompt.of("How are you?"), "test/model", sink);

            sink.awaitDone();
        }
    }

    /** A port behind which nobody speaks TLS: sends this to whoever connects, and closes the connection. */
    private record TlsLess(ServerSocket server) implements AutoCloseable {

        TlsLess(String greeting) throws IOException {
            this(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            Thread thread = new Thread(() -> {
                try (Socket connection = server.accept()) {
                    connection.getOutputStream().write(greeting.getBytes(StandardCharsets.ISO_8859_1));
                    connection.shutdownOutput();
                    connection.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    // The client has had enough.
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        String address() {
            return "https://127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static String words(String address, Map<String, String> settings) {
        try (FakeServices services = FakeServices.real();
                ProviderClient client = new OpenAiProvider().connect(Bench.account(address, settings), services)) {
            RecordingSink sink = new RecordingSink(false);
            client.send(Prompt.of("How are you?"), "test/model", sink);
            Failure failure = sink.awaitFailure();
            assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
            return failure.message();
        }
    }
}
