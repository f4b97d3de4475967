package dev.whippletree.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.provider.ScriptedReply.Ending;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
final class ScriptedServiceTest {

    private final ScriptedService service = new ScriptedService();

    @AfterEach
    void close() {
        service.close();
    }

    private Socket send(String... bodies) throws IOException {
        Socket socket = new Socket("127.0.0.1", URI.create(service.address()).getPort());
        socket.setSoTimeout(10_000);
        for (String body : bodies) {
            socket.getOutputStream()
                    .write(("POST /path HTTP/1.1\r\nX-Case: Kept \r\nContent-Length: "
                                    + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
        }
        return socket;
    }

    private static String received(Socket socket) throws IOException {
        try (socket) {
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String chunked(int status, String chunks) {
        return "HTTP/1.1 " + status + " Scripted\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
    }

    private static ScriptedReply reply(int status, String body, Ending ending) {
        return new ScriptedReply(status, Map.of("X", "y"), body, ending);
    }

    @Test
    void replies_comeInOrder_onOneConnection_thenAnErrorThatSaysSo() throws IOException {
        service.reply(reply(200, "12345678", Ending.WHOLE));
        service.reply(reply(201, "ü", Ending.WHOLE_THEN_CLOSED));

        assertThat(received(send("first", "zweite ü")))
                .isEqualTo(chunked(200, "7\r\n1234567\r\n1\r\n8\r\n0\r\n\r\n") + chunked(201, "2\r\nü\r\n0\r\n\r\n"));
        service.awaitCalls(2);
        Map<String, String> headers = Map.of("x-case", "Kept", "content-length", "5");
        assertThat(service.requests())
                .containsExactly(
                        new ScriptedRequest("POST", "/path", headers, "first"),
                        new ScriptedRequest(
                                "POST", "/path", Map.of("x-case", "Kept", "content-length", "9"), "zweite ü"));
        try (Socket third = send("third")) {
            assertThat(new String(third.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                    .isEqualTo("HTTP/1.1 599");
        }
    }

    @Test
    void cutReply_endsTheConnection() throws IOException {
        service.reply(reply(200, "half", Ending.CUT));

        assertThat(received(send(""))).isEqualTo(chunked(200, "4\r\nhalf\r\n"));
    }

    @ParameterizedTest
    @EnumSource(names = {"HANGING", "SILENT"})
    void replyWithoutEnd_isBrokenOffWhenItsCallerLeaves(Ending ending) throws IOException {
        service.reply(reply(200, "half", ending));
        String sent = ending == Ending.SILENT ? "" : chunked(200, "4\r\nhalf\r\n");
        Socket caller = send("");

        assertThat(new String(caller.getInputStream().readNBytes(sent.length()), StandardCharsets.UTF_8))
                .isEqualTo(sent);
        service.awaitCalls(1);
        caller.close();
        service.awaitBrokenOff(1);
    }

    @Test
    void halfARequest_isBrokenOff_andNoRequest() throws IOException {
        try (Socket socket =
                new Socket("127.0.0.1", URI.create(service.address()).getPort())) {
            socket.getOutputStream().write("POST /pa".getBytes(StandardCharsets.UTF_8));
        }

        service.awaitBrokenOff(1);
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void heldCalls_areAnsweredOnceAllAreThere() throws IOException {
        service.holdUntil(2);
        service.reply(reply(200, "", Ending.WHOLE_THEN_CLOSED));
        service.reply(reply(200, "", Ending.WHOLE_THEN_CLOSED));
        Socket first = send("first");
        service.awaitCalls(1);

        assertThat(first.getInputStream().available()).isZero();
        assertThat(received(send("second"))).contains("200");
        assertThat(received(first)).contains("200");
    }

    @Test
    void closing_endsConnections_andLetsNobodyIn() throws Exception {
        service.reply(reply(200, "half", Ending.HANGING));
        Socket caller = send("");
        service.awaitCalls(1);
        CompletableFuture<Object> end = CompletableFuture.supplyAsync(() -> {
            try {
                return received(caller);
            } catch (IOException e) {
                return e;
            }
        });

        service.close();

        assertThat(end.get()).isNotInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> send("")).isInstanceOf(IOException.class);
    }

    /** The middle of the first is within its second event. */
    @Test
    void halfAReply_endsBetweenEvents_orInTheMiddle() {
        assertThat(ScriptedReply.events("data: 1\n\ndata: 2\n\ndata: 3\n\n")
                        .half()
                        .body())
                .isEqualTo("data: 1\n\n");
        assertThat(ScriptedReply.json(200, "123456").half().body()).isEqualTo("123");
    }

    @Test
    void keysOfSamples_differByTenantAndByQuestion() {
        assertThat(List.of(Samples.key("a", "q"), Samples.key("b", "q"), Samples.key("a", "r"), Samples.key("aq", "")))
                .extracting(key -> key.digest())
                .doesNotHaveDuplicates();
    }
}
