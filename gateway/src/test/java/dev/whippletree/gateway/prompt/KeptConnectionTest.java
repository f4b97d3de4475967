package dev.whippletree.gateway.prompt;

import static dev.whippletree.gateway.RunningGateway.HI;
import static dev.whippletree.gateway.RunningGateway.HI_STREAMED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.protocol.AnswerInfo;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection that is kept for many requests, and one whose client sends on while it waits. */
final class KeptConnectionTest extends OverGateway {

    @Test
    void manyRequestsOnOneConnection_leaveNothingBehind() throws Exception {
        running.provider.forgetCalls();
        try (Socket socket = running.send("")) {
            for (int number = 0; number < 150; number++) {
                send(socket, RunningGateway.wire(HI) + RunningGateway.wire(HI_STREAMED));
                assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(RunningGateway.readUntil(socket, "\r\n0\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n");
            }
            assertThat(LiveObjects.count(HttpServerExchange.class)).isLessThan(30);
            assertThat(LiveObjects.count(AnswerEventStream.class)).isLessThan(30);
            assertThat(LiveObjects.count(AnswerInfo.class)).isLessThan(30);
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\r\n", "POST /v1/chat", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"})
    void clientThatSendsOn_andLeaves_cancelsItsCall(String more) throws Exception {
        reopen(GatewaySettings.DEFAULT.withFinishAbandoned(false));
        running.provider.usually(call -> {});
        for (String body : new String[] {HI, HI_STREAMED}) {
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

    @Test
    void clientThatPoursWhileItWaits_isCutOff_andItsCallIsCancelled() throws Exception {
        reopen(GatewaySettings.DEFAULT.withFinishAbandoned(false));
        running.provider.usually(call -> {});
        try (Socket socket = running.send(RunningGateway.wire(HI))) {
            ScriptedProvider.Call call = running.provider.call();
            send(socket, "x".repeat(100_000));
            call.awaitCancelled();
        }
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,7", "60,500", "200,15000"})
    void nextRequestThatComesInPieces_isAnsweredAfterwards(int withTheFirst, int eachLater) throws Exception {
        running.provider.usually(call -> {});
        String next = RunningGateway.wire(HI.replace("Hi", "Second, " + "x".repeat(2_000)))
                + RunningGateway.wire(HI_STREAMED.replace("Hi", "Third"));
        try (Socket socket =
                running.send(RunningGateway.wire(HI.replace("Hi", "First")) + next.substring(0, withTheFirst))) {
            ScriptedProvider.Call first = running.provider.call();
            for (int from = withTheFirst; from < next.length(); from += eachLater) {
                send(socket, next.substring(from, Math.min(next.length(), from + eachLater)));
            }
            first.answer("One");
            assertThat(RunningGateway.readUntil(socket, "One")).contains("200 OK");
            running.provider.call().answer("Two");
            assertThat(RunningGateway.readUntil(socket, "Two")).contains("200 OK");
            running.provider.call().answer("Three");
            assertThat(RunningGateway.readUntil(socket, "[DONE]")).contains("Three");
            send(socket, RunningGateway.wire(HI));
            running.provider.call().answer("Four");
            assertThat(RunningGateway.readUntil(socket, "Four")).contains("200 OK");
        }
    }
}
