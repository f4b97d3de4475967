package dev.whippletree.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that two programs could read in two ways, as bytes on a socket. */
final class StrictRequestsTest extends OverGateway {

    private static final String BODY = "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi!\"}]}";
    private static final String CHUNK = Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n";
    private static final String POST = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n";
    private static final String POST_WITHOUT_HOST =
            "POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 61\r\n\r\n" + BODY;
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";

    private void assertRefused(String request) throws IOException {
        try (Socket socket = running.send(request.getBytes(ISO_8859_1))) {
            assertThat(RunningGateway.readAll(socket))
                    .containsPattern("^HTTP/1\\.[01] 400 ")
                    .containsOnlyOnce("\r\n\r\n")
                    .contains("\"code\":\"malformed_request\"");
        }
        assertThat(running.provider.unseenCalls()).isZero();
    }

    private void assertAnswered(String request) throws IOException {
        try (Socket socket = running.send(request.getBytes(ISO_8859_1))) {
            assertThat(RunningGateway.readUntil(socket, "Hello there")).startsWith("HTTP/1.1 200 ");
        }
    }

    /** Undertow's own parser takes the first few for what is left of them beyond 64 bits. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775807",
                "18446744073709551616",
                "18446744073709551677",
                "61, 61",
                "+61",
                "-1",
                "0x3d",
                "61\r\nContent-Length: 61",
                "61\r\nTransfer-Encoding: chunked",
            })
    void lengthThatIsNotOneNumber_isRefused(String length) throws IOException {
        assertThat(BODY).hasSize(61);
        assertRefused(POST + "Content-Length: " + length + "\r\n\r\n" + BODY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chunked, identity",
                "identity",
                "gzip, chunked",
                "chunked, chunked",
                "\"chunked\"",
            })
    void transferEncodingThatIsNotChunkedAlone_isRefused(String encoding) throws IOException {
        assertRefused(POST + "Transfer-Encoding: " + encoding + "\r\n\r\n" + CHUNK + "0\r\n\r\n");
    }

    /** Who doesn't know HTTP/1.1 may have taken the chunks for another request (RFC 9112, section 6.1). */
    @Test
    void chunksInAnEarlierHttp_areRefused() throws IOException {
        assertRefused(
                POST.replace("HTTP/1.1", "HTTP/1.0") + "Transfer-Encoding: chunked\r\n\r\n" + CHUNK + "0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Content-Length: 71"})
    void chunksWithAnotherWordAboutTheLength_areRefused(String header) throws IOException {
        assertRefused(POST + header + "\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK + "0\r\n\r\n");
        assertRefused(POST + "Transfer-Encoding: chunked\r\n" + header + "\r\n\r\n" + CHUNK + "0\r\n\r\n");
    }

    /** A proxy that checks keys may have read the other one. */
    @ParameterizedTest
    @ValueSource(strings = {"Bearer another", "Basic YTpi", ""})
    void twoKeys_areRefused(String other) throws IOException {
        String one = "Authorization: Bearer key-of-acme-0123456789\r\n";
        String more = "authorization: " + other + "\r\n";
        assertRefused(RunningGateway.wire(BODY).replace("Host:", one + more + "Host:"));
        assertRefused(RunningGateway.wire(BODY).replace("Host:", more + one + "Host:"));
        String bare = "x-api-key: key-of-acme-0123456789\r\nX-Api-Key: key-of-acme-0123456789\r\n";
        assertRefused(RunningGateway.wire(BODY).replace("Host:", bare + "Host:"));
        assertAnswered(RunningGateway.wire(BODY).replace("Host:", one + "Host:"));
    }

    /** Else the service would get a text, "Infinity". */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"top_k\":1e400",
                "\"temperature\":1e400",
                "\"messages\":[{\"role\":\"user\",\"content\":\"Hi!\",\"weight\":1e400}]"
            })
    void numberThatNoReaderTakes_isRefused(String field) throws IOException {
        String wire = RunningGateway.wire(BODY.replace("}]}", "}]," + field + "}"));
        try (Socket socket = running.send(wire)) {
            assertThat(RunningGateway.readResponse(socket))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("invalid_value");
        }
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/9.9", "HTTP/1.2", "HTTP/2.0", "HTTP/1.10", "HTTPS/1.1", "http/1.1"})
    void otherProtocol_isRefused(String protocol) throws IOException {
        assertRefused(RunningGateway.wire(BODY).replace("HTTP/1.1", protocol));
    }

    @Test
    void otherProtocol_isRefusedOnAKeptConnectionAsWell() throws IOException {
        String next = RunningGateway.wire(BODY).replace("HTTP/1.1", "HTTP/9.9");
        try (Socket atOnce = running.send(RunningGateway.wire(BODY) + next)) {
            assertThat(RunningGateway.readAll(atOnce)).contains("HTTP/1.1 200 ", "HTTP/1.1 400 ");
        }
        try (Socket later = running.send(RunningGateway.wire(BODY))) {
            assertThat(RunningGateway.readResponse(later)).startsWith("HTTP/1.1 200 ");
            later.getOutputStream().write(next.getBytes(UTF_8));
            assertThat(RunningGateway.readAll(later)).startsWith("HTTP/1.1 400 ");
        }
    }

    /** Each value would become a string of its own before the key is checked; and a proxy may see another path. */
    @ParameterizedTest
    @ValueSource(strings = {"/healthz;", "/healthz;a=1,1?b", "/v1/models/a;b", "http://localhost/healthz;a"})
    void pathWithParameters_isRefused_alsoOnAKeptConnection(String path) throws IOException {
        String request = get(path);
        assertRefused(request);
        try (Socket later = running.send(RunningGateway.wire(BODY))) {
            assertThat(RunningGateway.readResponse(later)).startsWith("HTTP/1.1 200 ");
            later.getOutputStream().write(request.getBytes(UTF_8));
            assertThat(RunningGateway.readAll(later)).startsWith("HTTP/1.1 400 ");
        }
        try (Socket atOnce = running.send(get("/healthz") + request)) {
            assertThat(RunningGateway.readAll(atOnce)).containsOnlyOnce("HTTP/1.1 200 ");
        }
    }

    @Test
    void firstLine_hasAtMost2048Bytes_and16Parameters() throws IOException {
        String longest = "/healthz?" + "a".repeat(2_048 - "GET /healthz? HTTP/1.1".length());
        assertRefused(get(longest + "a"));
        assertRefused(get("/healthz?" + "a&".repeat(17)));
        try (Socket socket = running.send(get(longest) + get("/healthz?;" + "a&".repeat(15)))) {
            RunningGateway.readUntil(socket, "{\"status\":\"ok\"}");
            assertThat(RunningGateway.readUntil(socket, "{\"status\":\"ok\"}")).startsWith("HTTP/1.1 200 ");
        }
    }

    /** Undertow looks at hosts before any handler does. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /healthz HTTP/1.1\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                "GET /healthz HTTP/1.0\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: localhost:x\r\n\r\n",
                "CONNECT one.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                POST_WITHOUT_HOST,
            })
    void hostThatIsNotOne_isRefused(String request) throws IOException {
        assertRefused(request);
    }

    @Test
    void head_hasAtMost16Kilobytes() throws IOException {
        String begun = POST + "Content-Length: 61\r\nX: ";
        String most = begun + "a".repeat(16_384 - begun.length() - 4) + "\r\n\r\n";
        assertRefused(most.replace("X: a", "X: aa"));
        assertAnswered(most + BODY);
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3d\n" + BODY + "\r\n0\r\n\r\n",
                "3d\r\n" + BODY + "\n0\r\n\r\n",
                "3d\r\n" + BODY + "\r\n0\n\r\n",
                "3d\r\n" + BODY + "\r\n0\r\nTrailer: x\n\r\n",
                "3d\r\n" + BODY + "\r\n0\r\nTrailer: x\rx\r\n\r\n",
                "3d\r\n" + BODY + "\r\n0\r\n\rx",
                "3d\r\n" + BODY + "\rx0\r\n\r\n",
                "3d;a=\rb\r\n" + BODY + "\r\n0\r\n\r\n",
                "3d\r" + BODY + "\r\n0\r\n\r\n",
                "3d\r\n" + BODY + "xx\r\n0\r\n\r\n",
                "3d\r\n" + BODY + "0\r\n\r\n",
                "\r\n3d\r\n" + BODY + "\r\n0\r\n\r\n",
                "3d \r\n" + BODY + "\r\n0\r\n\r\n",
                " 3d\r\n" + BODY + "\r\n0\r\n\r\n",
                "+3d\r\n" + BODY + "\r\n0\r\n\r\n",
                "3d\r\n" + BODY + "\r\nz\r\n\r\n",
                "fffffffffffffffff\r\n" + BODY + "\r\n0\r\n\r\n",
                "1000000000000003d\r\n" + BODY + "\r\n0\r\n\r\n",
            })
    void chunksThatAreNotDelimitedAsTheyHaveToBe_areRefused(String chunks) throws IOException {
        assertRefused(CHUNKED + chunks);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3d\r\n" + BODY + "\r\n0\r\n\r\n",
                "3D\r\n" + BODY + "\r\n0\r\n\r\n",
                "00003d;a=b;c=\"d\"\r\n" + BODY + "\r\n0;last\r\nTrailer: x\r\nOther: y\r\n\r\n",
            })
    void chunksAsTheyHaveToBe_areRead_andWhatFollowsThem(String chunks) throws IOException {
        assertAnswered(CHUNKED + chunks);
        try (Socket socket = running.send(CHUNKED + chunks + RunningGateway.wire(BODY.replace("Hi!", "Then")))) {
            RunningGateway.readUntil(socket, "Hello there");
            assertThat(RunningGateway.readUntil(socket, "Hello there")).contains("HTTP/1.1 200");
        }
    }

    @Test
    void chunksThatComeByteByByte_areRead() throws IOException {
        try (Socket socket = running.send(CHUNKED)) {
            for (byte next : (CHUNK + "0\r\nTrailer: x\r\n\r\n").getBytes(UTF_8)) {
                socket.getOutputStream().write(next);
            }
            assertThat(RunningGateway.readUntil(socket, "Hello there")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void lineBetweenChunks_hasAtMost4096Bytes() throws IOException {
        String most = "3d;" + "a".repeat(4_096 - 5) + "\r\n" + BODY + "\r\n0\r\nA: " + "b".repeat(4_096 - 7) + "\r\n\r";
        assertRefused(CHUNKED + most.replace(";a", ";aa") + "\n");
        assertRefused(CHUNKED + most.replace(": b", ": bb") + "\n");
        assertRefused(CHUNKED + "0".repeat(4_097));
        assertAnswered(CHUNKED + most + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%C0%AF", "a%c0%afb", "%ED%A0%80", "%FF", "%E2%82", "%", "%4", "%zz", "\u00C0\u00AF"})
    void pathThatIsNotUtf8_isRefused(String name) throws IOException {
        assertRefused("GET /v1/models/" + name + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    @Test
    void pathInUtf8_isRead() throws Exception {
        assertThat(running.get("/v1/models/caf%C3%A9").body()).contains("no route or model is named 'café'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00C0\u00AF", "\u00E0\u0080\u00AF", "\u00ED\u00A0\u0080", "\u00FF", "\u00C3"})
    void bodyThatIsNotUtf8_isRefused(String bytes) throws IOException {
        String body = BODY.replace("Hi!", bytes);
        try (Socket socket =
                running.send((POST + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body)
                        .getBytes(ISO_8859_1))) {
            assertThat(RunningGateway.readAll(socket))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("UTF-8");
        }
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/status", "/metrics", "/healthz", "/readyz", "/v1/models", "/v1/models/fast"})
    void head_isAnsweredAsGet_withoutTheBody(String path) throws Exception {
        String rest = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        String head;
        try (Socket socket = running.send("HEAD " + path + rest + "GET /healthz" + rest)) {
            head = RunningGateway.readUntil(socket, "\r\n\r\n");
            assertThat(head).startsWith("HTTP/1.1 200 ").contains("Content-Type: ");
            // Nothing lies between the head and the next response.
            assertThat(RunningGateway.readUntil(socket, "{\"status\":\"ok\"}")).startsWith("HTTP/1.1 200 ");
        }
        if (!path.equals("/status") && !path.equals("/metrics")) {
            int length = running.get(path).body().getBytes(UTF_8).length;
            assertThat(head).contains("Content-Length: " + length + "\r\n");
        }
    }

    @Test
    void headOfWhatIsOnlyPosted_isAWrongMethod() throws IOException {
        try (Socket socket =
                running.send("HEAD /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
            assertThat(RunningGateway.readAll(socket))
                    .startsWith("HTTP/1.1 405 ")
                    .endsWith("\r\n\r\n");
        }
    }
}
