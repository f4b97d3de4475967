package dev.whippletree.gateway.prompt;

import static dev.whippletree.gateway.RunningGateway.HI;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverTimedGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.StreamProtocol;
import dev.whippletree.gateway.WireEnd;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Secret;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client reads while it waits for an answer in one piece. The gateway's time is the test's. */
final class HeldAnswerTest extends OverTimedGateway {

    private static final String HOLD = "x-whippletree-keep-alive: true";
    private static final String DONT = "x-whippletree-keep-alive: false";
    private static final String KEY = "key-of-acme-0123";
    private static final String SIGNED = "Authorization: Bearer " + KEY;
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int PATIENCE_SECONDS = 60;

    HeldAnswerTest() {
        super(GatewaySettings.DEFAULT);
    }

    private void withClient(GatewaySettings.Client client) {
        running.gateway.reload(running.settings(client));
    }

    private static GatewaySettings.Client acme() {
        return new GatewaySettings.Client("acme", Secret.of(KEY), List.of());
    }

    /** Lets time pass until so many spaces have come, and nothing else but the frames of chunks. */
    private String spaces(Socket socket, int count) {
        String head = untilText(socket, "\r\n\r\n");
        StringBuilder body = new StringBuilder();
        for (int read = 0; read < count; read++) {
            body.append(untilText(socket, " "));
        }
        assertThat(body.toString()).matches("(\\s*(0*1\r\n)? )+");
        return head;
    }

    /** Reads the rest of a response in chunks, or up to the end of the connection. */
    private static String rest(Socket socket, StreamProtocol protocol) throws IOException {
        return protocol == StreamProtocol.KEPT
                ? RunningGateway.readUntil(socket, "\r\n0\r\n\r\n")
                : RunningGateway.readAll(socket);
    }

    private static Failure refusal() {
        return Failure.of(FailureKind.REJECTED, "no");
    }

    private static void assertReset(Socket socket) {
        assertThatThrownBy(() -> RunningGateway.readAll(socket)).isInstanceOf(SocketException.class);
    }

    @ParameterizedTest
    @EnumSource
    void answerThatIsLate_comesAfterSpaces_withItsOriginInTheBody(StreamProtocol protocol) throws Exception {
        try (Socket socket = running.send(protocol.whole("fast", HOLD))) {
            ScriptedProvider.Call call = running.provider.call();
            String head = spaces(socket, 3).toLowerCase(Locale.ROOT);
            assertThat(head)
                    .contains(" 200 ok", "content-type: application/json")
                    .doesNotContain("x-whippletree-");
            assertThat(Duration.ofNanos(timeline.nanoTime())).isGreaterThanOrEqualTo(Silence.LONGEST.multipliedBy(3));
            call.answer("Hello");
            String rest = rest(socket, protocol);
            assertThat(rest).contains("\"content\":\"Hello\"", "\"whippletree\":{\"account\":\"one\",\"attempts\":1");
            assertThat(rest.endsWith("\r\n0\r\n\r\n")).isEqualTo(protocol != StreamProtocol.OLD);
            if (protocol == StreamProtocol.KEPT) {
                socket.getOutputStream().write(protocol.whole("fast", HOLD).getBytes(UTF_8));
                running.provider.call().answer("Again");
                assertThat(RunningGateway.readResponse(socket)).contains("Again");
            }
        }
        timeline.awaitTimers(TIMERS_OF_AN_IDLE_GATEWAY);
    }

    /** As long as nothing is sent, everything is as without the header. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answerOrFailureWithinTenSeconds_hasItsStatusHeadersAndLength(boolean answered) throws Exception {
        try (Socket socket = running.send(StreamProtocol.KEPT.whole("fast", HOLD))) {
            ScriptedProvider.Call call = running.provider.call();
            timeline.awaitTimer(Silence.LONGEST::equals);
            timeline.advance(Silence.LONGEST.minusNanos(1));
            if (answered) {
                call.answer("Hello");
            } else {
                call.fail(refusal());
            }
            assertThat(RunningGateway.readResponse(socket))
                    .startsWith(answered ? "HTTP/1.1 200 " : "HTTP/1.1 400 ")
                    .contains("Content-Length: ", answered ? "\"content\":\"Hello\"" : "\"error\"");
        }
        timeline.awaitTimers(answered ? TIMERS_OF_AN_IDLE_GATEWAY : TIMERS_OF_AN_IDLE_GATEWAY + 1);
    }

    /** By the header that says no, over the client's own setting, and by a setting that a reload has taken back. */
    @ParameterizedTest
    @CsvSource({"false, ''", "false, " + DONT, "true, " + DONT, "taken back, ''"})
    void clientThatDoesNotAsk_hearsNothingBeforeTheAnswer(String setting, String header) throws Exception {
        withClient(setting.equals("false") ? acme() : acme().withKeepAlive());
        if (setting.equals("taken back")) {
            withClient(acme());
        }
        String[] headers = header.isEmpty() ? new String[] {SIGNED} : new String[] {SIGNED, header};
        try (Socket socket = running.send(StreamProtocol.KEPT.whole("fast", headers))) {
            ScriptedProvider.Call call = running.provider.call();
            timeline.advance(Silence.LONGEST.multipliedBy(20));
            call.fail(refusal());
            assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientThatLeaves_leavesNoTimer_thoughItsCallGoesOn(boolean afterASpace) throws Exception {
        ScriptedProvider.Call call;
        try (Socket socket = running.send(StreamProtocol.KEPT.whole("fast", HOLD))) {
            call = running.provider.call();
            timeline.awaitTimer(Silence.LONGEST::equals);
            if (afterASpace) {
                spaces(socket, 1);
            }
        }
        timeline.awaitTimers(TIMERS_OF_AN_IDLE_GATEWAY);
        assertThat(running.whippletree.status().prompts().underWay()).isOne();
        call.answer("for whoever asks again");
    }

    @Test
    void clientWithTheSetting_hasItForStreamsToo() throws Exception {
        withClient(acme().withKeepAlive());
        try (Socket socket = running.send(StreamProtocol.KEPT.request("fast", SIGNED))) {
            ScriptedProvider.Call call = running.provider.call();
            timeline.awaitTimer(Silence.LONGEST::equals);
            timeline.advance(Silence.LONGEST);
            String before = RunningGateway.readUntil(socket, ": keep-alive\n\n");
            call.answer("Hello");
            assertThat(WireEnd.read(socket, before).end()).isEqualTo(WireEnd.DONE);
        }
    }

    /** Clients would take an error after a status 200 for the answer; they retry a reset. */
    @ParameterizedTest
    @EnumSource
    void failureAfterASpace_isAReset(StreamProtocol protocol) throws Exception {
        try (Socket socket = running.send(protocol.whole("fast", HOLD))) {
            ScriptedProvider.Call call = running.provider.call();
            spaces(socket, 1);
            call.fail(refusal());
            assertReset(socket);
        }
    }

    @Test
    void clientThatIsSlow_getsNoSpaceAmidItsAnswer() throws Exception {
        try (Socket socket = running.send(StreamProtocol.OLD.whole("fast", HOLD))) {
            ScriptedProvider.Call call = running.provider.call();
            spaces(socket, 1);
            call.tell(large());
            call.answer("y");
            RunningGateway.readUntil(socket, "xxx");
            timeline.advance(Silence.LONGEST.multipliedBy(5));
            assertThat(RunningGateway.readAll(socket)).contains("xy\"").doesNotContain(" ");
        }
    }

    @Test
    void gatewayThatEnds_resetsAHeldAnswer_andTellsTheOtherByAStatus() throws Exception {
        try (Socket held = running.send(StreamProtocol.KEPT.whole("fast", HOLD))) {
            ScriptedProvider.Call call = running.provider.call();
            spaces(held, 1);
            try (Socket waiting = running.send(StreamProtocol.KEPT.whole("good", HOLD))) {
                running.provider.call();
                CompletableFuture<Void> closed = running.gateway.close(GRACE);
                timeline.advance(GRACE);
                assertReset(held);
                assertThat(RunningGateway.readResponse(waiting)).startsWith("HTTP/1.1 503 ");
                closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                call.awaitCancelled();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientWithTheSetting_isHeldWithoutAHeader(StreamProtocol protocol) throws Exception {
        withClient(acme().withKeepAlive());
        try (Socket socket = running.send(protocol.whole("fast", SIGNED))) {
            ScriptedProvider.Call call = running.provider.call();
            spaces(socket, 1);
            call.answer("Hello");
            assertThat(rest(socket, protocol)).contains("\"content\":\"Hello\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "yes", "true,false", "\"true\""})
    void wordOtherThanTrueAndFalse_isRefused(String word) throws Exception {
        assertThat(running.post(HI, "x-whippletree-keep-alive", word).body())
                .contains("invalid_value", "the header x-whippletree-keep-alive must be true or false, not '");
    }
}
