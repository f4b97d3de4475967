package dev.whippletree.gateway;

import static dev.whippletree.gateway.RunningGateway.HI;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Delta;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of the requests under way when the gateway ends. Its time is the test's. */
final class ClosingTest extends OverTimedGateway {

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int PATIENCE_SECONDS = 60;

    ClosingTest() {
        super(GatewaySettings.DEFAULT);
    }

    private CompletableFuture<Void> graceIsOver() {
        CompletableFuture<Void> closed = running.gateway.close(GRACE);
        assertThat(closed).isNotDone();
        timeline.advance(GRACE);
        return closed;
    }

    private static void await(CompletableFuture<Void> closed) throws Exception {
        closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void assertEnd(WireEnd.Reading reading, WireEnd expected, String words) {
        assertThat(reading.end()).as(reading.text()).isEqualTo(expected);
        assertThat(reading.text()).contains(words);
    }

    @ParameterizedTest
    @EnumSource
    void streamThatHasBegun_isAnError_andItsCallIsCancelled(StreamProtocol protocol) throws Exception {
        try (Socket socket = running.send(protocol.request("fast"))) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Once upon"));
            String before = RunningGateway.readUntil(socket, "Once upon");
            CompletableFuture<Void> closed = graceIsOver();
            assertEnd(WireEnd.read(socket, before), WireEnd.ERROR, "\"code\":\"closing\"");
            await(closed);
            call.awaitCancelled();
        }
    }

    @ParameterizedTest
    @EnumSource
    void streamThatHasNotBegun_isToldByAStatus(StreamProtocol protocol) throws Exception {
        try (Socket socket = running.send(protocol.request("fast"))) {
            ScriptedProvider.Call call = running.provider.call();
            CompletableFuture<Void> closed = graceIsOver();
            WireEnd.Reading reading = WireEnd.read(socket);
            assertEnd(reading, WireEnd.STATUS, "\"code\":\"closing\"");
            assertThat(reading.text()).contains(" 503 ", "Connection: close");
            await(closed);
            call.awaitCancelled();
        }
    }

    @Test
    void answerThatHasNotCome_isToldByAStatus() throws Exception {
        try (Socket socket = running.send(RunningGateway.wire(HI))) {
            ScriptedProvider.Call call = running.provider.call();
            CompletableFuture<Void> closed = graceIsOver();
            assertThat(RunningGateway.readResponse(socket))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("\"code\":\"closing\"");
            await(closed);
            call.awaitCancelled();
        }
    }

    @ParameterizedTest
    @EnumSource
    void streamWhoseClientTakesNothing_isReset(StreamProtocol protocol) throws Exception {
        try (Socket socket = running.send(protocol.request("fast"))) {
            running.provider.call().tell(large());
            String before = RunningGateway.readUntil(socket, "xxx");
            RunningGateway.awaitStuck(socket);
            CompletableFuture<Void> closed = graceIsOver();
            timeline.advanceUntil(closed);
            assertThat(WireEnd.read(socket, before).end()).isEqualTo(WireEnd.RESET);
        }
    }

    @Test
    void answerThatItsClientDoesNotTake_isReset() throws Exception {
        try (Socket socket = running.send(RunningGateway.wire(HI))) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(large());
            call.answer("y");
            RunningGateway.readUntil(socket, "xxx");
            timeline.advanceUntil(graceIsOver());
            assertThatThrownBy(() -> RunningGateway.readAll(socket)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void requestThatHasComeInPart_isReset_andNotWaitedFor() throws Exception {
        String wire = RunningGateway.wire(HI).replaceFirst("\r\n", "\r\nExpect: 100-continue\r\n");
        try (Socket socket = running.send(wire.substring(0, wire.length() - HI.length()))) {
            RunningGateway.readUntil(socket, "\r\n\r\n");
            await(graceIsOver());
            assertThatThrownBy(() -> RunningGateway.readAll(socket)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void idleConnection_isClosedAtTheEnd_andItsNextRequestBeforeIsRefused() throws Exception {
        String health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (Socket idle = running.send(health);
                Socket asking = running.send(health);
                Socket busy = running.send(RunningGateway.wire(HI))) {
            RunningGateway.readResponse(idle);
            RunningGateway.readResponse(asking);
            ScriptedProvider.Call call = running.provider.call();
            CompletableFuture<Void> closed = running.gateway.close(GRACE);
            asking.getOutputStream().write(health.getBytes(UTF_8));
            assertThat(RunningGateway.readAll(asking))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("Connection: close", "Retry-After: 1\r\n", "\"code\":\"closing\"");
            call.answer("Hello");
            assertThat(RunningGateway.readResponse(busy)).contains("Hello");
            await(closed);
            assertThat(RunningGateway.readAll(idle)).isEmpty();
        }
    }
}
