package dev.whippletree.provider.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.provider.RecordingSink;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service may send that keeps to no rule of HTTP, over raw sockets. */
final class HostileServiceTest {

    private final FakeServices services = FakeServices.real();

    /** What is sent to each connection's requests, one each; after the last the connection is closed. */
    private final Map<Integer, Queue<Reply>> replies = new ConcurrentHashMap<>();

    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private ServerSocket server;
    private ProviderClient client;

    private interface Reply {
        void write(OutputStream out) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        services.executor().execute(this::accept);
        String address = "http://127.0.0.1:" + server.getLocalPort();
        client = new OpenAiProvider().connect(Bench.account(address, Map.of()), services);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
        for (Socket connection : connections) {
            connection.close();
        }
        services.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                Queue<Reply> own = replies(connections.size());
                connections.add(connection);
                services.executor().execute(() -> serve(connection, own));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private Queue<Reply> replies(int connection) {
        return replies.computeIfAbsent(connection, number -> new ConcurrentLinkedQueue<>());
    }

    private void reply(int connection, String response) {
        replies(connection).add(out -> out.write(bytes(response)));
    }

    private static void serve(Socket connection, Queue<Reply> replies) {
        try (connection) {
            BufferedReader in = new BufferedReader(new InputStreamReader(connection.getInputStream(), ISO_8859_1));
            while (readRequest(in) && !replies.isEmpty()) {
                replies.remove().write(connection.getOutputStream());
            }
        } catch (IOException e) {
            // The client has had enough.
        }
    }

    private static boolean readRequest(BufferedReader in) throws IOException {
        int length = 0;
        String line = in.readLine();
        while (line != null && !line.isEmpty()) {
            length = line.startsWith("Content-Length: ") ? Integer.parseInt(line.substring(16)) : length;
            line = in.readLine();
        }
        return line != null && in.read(new char[length], 0, length) == length;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static String answer(String content) {
        return "{\"choices\":[{\"message\":{\"content\":\"" + content + "\"},\"finish_reason\":\"stop\"}]}";
    }

    private static String ofLength(String content) {
        String body = answer(content);
        return head("Content-Length: " + body.length()) + body;
    }

    private static String chunked(String content) {
        String body = answer(content);
        return head("Transfer-Encoding: chunked") + Integer.toHexString(body.length()) + "\r\n" + body
                + "\r\n0\r\n\r\n";
    }

    private static String head(String framing) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + framing + "\r\n\r\n";
    }

    private RecordingSink send() {
        RecordingSink sink = new RecordingSink(false);
        client.send(Prompt.of("How are you?"), "test/model", sink);
        sink.awaitEnd();
        return sink;
    }

    private Failure failure(Reply reply) {
        replies(0).add(reply);
        return send().awaitFailure();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoResponsesToOneRequest_theSecondAnswersNobody(boolean inChunks) {
        String two = inChunks ? chunked("first") + chunked("injected") : ofLength("first") + ofLength("injected");
        reply(0, two);
        reply(0, ofLength("second"));
        reply(1, ofLength("third"));
        assertThat(send().text()).isEqualTo("first");

        Failure failure = send().awaitFailure();

        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.message()).contains("before it got the request");
        assertThat(send().text()).isEqualTo("third");
        assertThat(connections).hasSize(2);
    }

    @Test
    void responseWithoutARequest_answersNobody() throws IOException {
        reply(0, ofLength("first"));
        reply(1, ofLength("second"));
        assertThat(send().text()).isEqualTo("first");
        connections.get(0).getOutputStream().write(bytes(ofLength("injected")));

        Failure failure = send().awaitFailure();

        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.message()).contains("without having been asked");
        assertThat(send().text()).isEqualTo("second");
    }

    @Test
    void oneResponseEach_sharesTheConnection() {
        for (int i = 0; i < 5; i++) {
            String content = "answer " + i;
            reply(0, content.endsWith("3") ? chunked(content) : ofLength(content));
            assertThat(send().text()).isEqualTo(content);
        }
        assertThat(connections).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10", "Transfer-Encoding: chunked"})
    void responseThatEndsInTwoPlaces_isRefused(String other) {
        String body = answer("hello");

        Failure failure = failure(out -> out.write(bytes(head(other + "\r\nContent-Length: " + body.length()) + body)));

        assertThat(failure.message()).contains("states its length twice");
    }

    @Test
    void answerThatUnpacksToTooMuch_isBrokenOff() {
        byte[] packed = packed("HTTP/1.1 200 OK", BodyReader.MOST_ANSWER_BYTES + 1);
        assertThat(packed).hasSizeLessThan(100_000);

        assertThat(failure(out -> out.write(packed)).message()).contains("the answer is longer than 16 MB");
    }

    @Test
    void errorThatUnpacksToTooMuch_isStillThatError() {
        byte[] packed = packed("HTTP/1.1 503 Busy", 20 << 20);

        assertThat(failure(out -> out.write(packed)).status()).hasValue(503);
    }

    /** Returns a response of so many blanks. */
    private static byte[] packed(String status, int size) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] blanks = new byte[1 << 20];
        Arrays.fill(blanks, (byte) ' ');
        try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
            for (int left = size; left > 0; left -= blanks.length) {
                gzip.write(blanks, 0, Math.min(left, blanks.length));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        ByteArrayOutputStream response = new ByteArrayOutputStream();
        response.writeBytes(
                bytes(status + "\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: "
                        + body.size() + "\r\n\r\n"));
        response.writeBytes(body.toByteArray());
        return response.toByteArray();
    }

    /** All of these are kept until they end, by OkHttp or by what unpacks. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\n5;",
                "Content-Encoding: gzip\r\n\r\n\u001f\u008b\b\b\0\0\0\0\0\0",
                "Content-Type: text/event-stream\r\n\r\ndata: ",
                "X-Endless: "
            })
    void lineWithoutEnd_isBrokenOff(String start) {
        Failure failure = failure(out -> {
            out.write(bytes("HTTP/1.1 200 OK\r\n" + start));
            byte[] more = bytes("x".repeat(1 << 16));
            while (true) {
                out.write(more);
            }
        });

        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    }

    @Test
    void answerOfMoreValuesThanAnyHas_isNotRead() {
        String body = answer("hello").replace("{\"message", "{\"x\":[" + "{},".repeat(600_000) + "{}],\"message");

        Failure failure = failure(out -> out.write(bytes(head("Content-Length: " + body.length()) + body)));

        assertThat(failure.message()).contains("not JSON");
    }
}
