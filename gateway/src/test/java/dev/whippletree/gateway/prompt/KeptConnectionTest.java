package dev.whippletree.gateway.prompt;

import static dev.whippletree.gateway.RunningGateway.HI;
import static dev.whippletree.gateway.RunningGateway.HI_STREAMED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.protocol.AnswerInfo;
import io.undertow.server.HttpServerExchange;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection that is kept for many requests, and one whose client sends on while it waits. */
final class KeptConnectionTest {

    /** So many at once are less than a gateway keeps of what a client sends ahead. */
    private static final int AHEAD = 16;

    @Test
    void manyRequestsOnOneConnection_leaveNothingBehind() throws Exception {
        try (RunningGateway running = RunningGateway.open();
                Socket socket = running.send("")) {
            running.provider.forgetCalls();
            ask(socket, 300);
            assertThat(LiveObjects.count(HttpServerExchange.class)).isLessThan(30);
            assertThat(LiveObjects.count(AnswerEventStream.class)).isLessThan(30);
            assertThat(LiveObjects.count(AnswerInfo.class)).isLessThan(30);
            ask(socket, 1);
        }
    }

    @Tag("thorough")
    @Test
    void aMillionRequestsOnOneConnection_fitIn64Megabytes() throws Exception {
        Process gateway = LoneGateway.start("64m");
        try (BufferedReader output = new BufferedReader(new InputStreamReader(gateway.getInputStream(), UTF_8));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(output.readLine()))) {
            ask(socket, 1_000_000);
            assertThat(gateway.isAlive()).isTrue();
            gateway.getOutputStream().close();
            output.lines().forEach(System.out::println);
        } finally {
            gateway.destroyForcibly();
        }
    }

    /** Whole answers and streams by turns. */
    private static void ask(Socket socket, int requests) throws InterruptedException, ExecutionException, IOException {
        Semaphore ahead = new Semaphore(AHEAD);
        byte[][] wires = {
            RunningGateway.wire(HI).getBytes(UTF_8),
            RunningGateway.wire(HI_STREAMED).getBytes(UTF_8)
        };
        CompletableFuture<Void> sent = CompletableFuture.runAsync(
                () -> {
                    try {
                        for (int number = 0; number < requests; number++) {
                            ahead.acquire();
                            socket.getOutputStream().write(wires[number % wires.length]);
                        }
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> {
                    Thread thread = new Thread(task);
                    thread.setDaemon(true);
                    thread.start();
                });
        InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        for (int number = 0; number < requests; number++) {
            assertThat(line(in)).isEqualTo("HTTP/1.1 200 OK");
            readRest(in);
            ahead.release();
        }
        sent.get();
    }

    private static void readRest(InputStream in) throws IOException {
        int length = -1;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.startsWith("Content-Length: ")) {
                length = Integer.parseInt(header.substring("Content-Length: ".length()));
            }
        }
        if (length >= 0) {
            in.skipNBytes(length);
            return;
        }
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            in.skipNBytes(size + 2);
        }
        assertThat(line(in)).isEmpty();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection ended");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\r\n", "POST /v1/chat", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"})
    void clientThatSendsOn_andLeaves_cancelsItsCall(String more) throws Exception {
        for (String body : new String[] {HI, HI_STREAMED}) {
            try (RunningGateway running = new RunningGateway(GatewaySettings.DEFAULT.withFinishAbandoned(false))) {
                running.provider.usually(call -> {});
                try (Socket atOnce = running.send(RunningGateway.wire(body) + more)) {
                    ScriptedProvider.Call call = running.provider.call();
                    atOnce.close();
                    call.awaitCancelled();
                }
                try (Socket later = running.send(RunningGateway.wire(body))) {
                    ScriptedProvider.Call call = running.provider.call();
                    for (byte next : more.getBytes(UTF_8)) {
                        later.getOutputStream().write(next);
                    }
                    later.close();
                    call.awaitCancelled();
                }
                assertThat(running.provider.unseenCalls()).isZero();
            }
        }
    }

    @Test
    void clientThatPoursWhileItWaits_isCutOff_andItsCallIsCancelled() throws Exception {
        try (RunningGateway running = new RunningGateway(GatewaySettings.DEFAULT.withFinishAbandoned(false))) {
            running.provider.usually(call -> {});
            try (Socket socket = running.send(RunningGateway.wire(HI))) {
                ScriptedProvider.Call call = running.provider.call();
                socket.getOutputStream().write("x".repeat(100_000).getBytes(UTF_8));
                call.awaitCancelled();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,7", "60,500", "200,15000"})
    void nextRequestThatComesInPieces_isAnsweredAfterwards(int withTheFirst, int eachLater) throws Exception {
        try (RunningGateway running = RunningGateway.open()) {
            running.provider.usually(call -> {});
            String next = RunningGateway.wire(HI.replace("Hi", "Second, " + "x".repeat(2_000)))
                    + RunningGateway.wire(HI_STREAMED.replace("Hi", "Third"));
            try (Socket socket =
                    running.send(RunningGateway.wire(HI.replace("Hi", "First")) + next.substring(0, withTheFirst))) {
                ScriptedProvider.Call first = running.provider.call();
                for (int from = withTheFirst; from < next.length(); from += eachLater) {
                    socket.getOutputStream()
                            .write(next.substring(from, Math.min(next.length(), from + eachLater))
                                    .getBytes(UTF_8));
                }
                first.answer("One");
                assertThat(RunningGateway.readUntil(socket, "One")).contains("200 OK");
                running.provider.call().answer("Two");
                assertThat(RunningGateway.readUntil(socket, "Two")).contains("200 OK");
                running.provider.call().answer("Three");
                assertThat(RunningGateway.readUntil(socket, "[DONE]")).contains("Three");
                socket.getOutputStream().write(RunningGateway.wire(HI).getBytes(UTF_8));
                running.provider.call().answer("Four");
                assertThat(RunningGateway.readUntil(socket, "Four")).contains("200 OK");
            }
        }
    }
}
