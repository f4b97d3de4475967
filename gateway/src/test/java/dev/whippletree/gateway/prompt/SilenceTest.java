package dev.whippletree.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverTimedGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.StreamProtocol;
import dev.whippletree.gateway.WireEnd;
import dev.whippletree.gateway.http.Response;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.testkit.logging.LoggedLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What a stream says while its service says nothing. The gateway's time is the test's. */
@Tag("slow")
final class SilenceTest extends OverTimedGateway {

    private static final long STEP_MILLIS = 50;
    private static final String COMMENT = ": keep-alive\n\n";
    private static final String EARLY = "x-whippletree-keep-alive: true";
    private static final String KEY = "key-of-acme";
    private static final String WATCH_KEY = "watch-key-of-the-operator";
    private static final String SIGNED = "Authorization: Bearer " + KEY;

    /** Set by a stream, and not for the page's trend. */
    private static final Predicate<Duration> SILENCE = delay -> !delay.equals(Duration.ofSeconds(5));

    /** There is one until it may log another line of errors. */
    private static final int TIMERS_AFTER_AN_ERROR = 2;

    SilenceTest() {
        super(GatewaySettings.DEFAULT
                .withShowAccounts(true)
                .withClients(
                        List.of(new GatewaySettings.Client(
                                "acme", Secret.of(KEY), List.of(Limit.parse("1000 tokens / 1h")))),
                        Optional.of(Secret.of(WATCH_KEY))));
    }

    private Socket ask(StreamProtocol protocol, String... headers) throws Exception {
        String[] all = new String[headers.length + 1];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = SIGNED;
        return running.send(protocol.request("fast", all));
    }

    /** Lets time pass until a comment has come. */
    private String comment(Socket socket) throws Exception {
        CompletableFuture<String> coming = CompletableFuture.supplyAsync(() -> {
            try {
                return RunningGateway.readUntil(socket, COMMENT);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        while (true) {
            timeline.toNextTimer(SILENCE);
            try {
                return coming.get(STEP_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // The service has been silent for less, or this machine is slow.
            }
        }
    }

    private static void assertEnd(WireEnd.Reading reading, WireEnd expected) {
        assertThat(reading.end()).as(reading.text()).isEqualTo(expected);
    }

    private static int comments(WireEnd.Reading reading) {
        return reading.text().split(COMMENT, -1).length - 1;
    }

    /** No more of them than silences. */
    private void assertTwoComments(WireEnd.Reading reading) {
        assertThat(comments(reading)).isBetween(2, (int) (timeline.nanoTime() / Silence.LONGEST.toNanos()));
    }

    private static Failure refusal() {
        return new Failure(
                FailureKind.REJECTED,
                "temperature must be lower",
                OptionalInt.of(422),
                Optional.of("bad_temperature"),
                Optional.empty(),
                Reach.ACCOUNT);
    }

    @ParameterizedTest
    @EnumSource
    void silenceAfterAPiece_isFilledAgainAndAgain(StreamProtocol protocol) throws Exception {
        try (Socket socket = ask(protocol)) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Once"));
            String before = RunningGateway.readUntil(socket, "Once");
            before += comment(socket);
            before += comment(socket);
            call.tell(new Delta.Text(" upon"));
            before += RunningGateway.readUntil(socket, " upon");
            call.answer(" a time");
            WireEnd.Reading reading = WireEnd.read(socket, before);
            assertEnd(reading, WireEnd.DONE);
            assertTwoComments(reading);
            assertThat(reading.text()).contains("x-whippletree-account: one");
        }
        timeline.awaitTimers(TIMERS_OF_AN_IDLE_GATEWAY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x-whippletree-keep-alive: false"})
    void silenceBeforeTheFirstPiece_isKept_andAFailureHasItsStatus(String header) throws Exception {
        try (Socket socket = header.isEmpty() ? ask(StreamProtocol.KEPT) : ask(StreamProtocol.KEPT, header)) {
            ScriptedProvider.Call call = running.provider.call();
            timeline.advance(Silence.LONGEST.multipliedBy(20));
            call.fail(refusal());
            WireEnd.Reading reading = WireEnd.read(socket);
            assertEnd(reading, WireEnd.STATUS);
            assertThat(reading.text()).contains(" 422 ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void silenceBeforeTheFirstPiece_isFilledIfTheClientAsks(StreamProtocol protocol) throws Exception {
        try (Socket socket = ask(protocol, EARLY)) {
            ScriptedProvider.Call call = running.provider.call();
            String before = comment(socket);
            before += comment(socket);
            assertThat(before).contains(" 200 OK", "text/event-stream");
            call.answer("Hello");
            WireEnd.Reading reading = WireEnd.read(socket, before);
            assertEnd(reading, WireEnd.DONE);
            assertTwoComments(reading);
            assertThat(reading.text())
                    .doesNotContain("x-whippletree-account:")
                    .contains("\"whippletree\":{\"account\":\"one\"");
        }
        timeline.awaitTimers(TIMERS_OF_AN_IDLE_GATEWAY);
    }

    @ParameterizedTest
    @EnumSource
    void failureAfterTheFirstComment_isAnEvent_andChargesNothing(StreamProtocol protocol) throws Exception {
        running.provider.estimate(900);
        try (Socket socket = ask(protocol, EARLY)) {
            ScriptedProvider.Call call = running.provider.call();
            String before = comment(socket);
            call.fail(refusal());
            WireEnd.Reading reading = WireEnd.read(socket, before);
            assertEnd(reading, WireEnd.ERROR);
            assertThat(reading.text()).contains("bad_temperature");
        }
        timeline.awaitTimers(TIMERS_AFTER_AN_ERROR);
        assertThat(used()).isZero();
    }

    /** The estimate is the prompt's. */
    @Test
    void failureAfterAPiece_chargesTheEstimate_andThePiece() throws Exception {
        running.provider.estimate(900);
        try (Socket socket = ask(StreamProtocol.KEPT, EARLY)) {
            ScriptedProvider.Call call = running.provider.call();
            String before = comment(socket);
            call.tell(new Delta.Text("Once"));
            before += RunningGateway.readUntil(socket, "Once");
            call.fail(refusal());
            assertEnd(WireEnd.read(socket, before), WireEnd.ERROR);
        }
        timeline.awaitTimers(TIMERS_AFTER_AN_ERROR);
        assertThat(used()).isEqualTo(902);
    }

    @Test
    void clientThatLeavesAfterAComment_isChargedTheEstimate_andLeavesNoTimer() throws Exception {
        running.provider.estimate(900);
        ScriptedProvider.Call call;
        try (Socket socket = ask(StreamProtocol.KEPT, EARLY)) {
            call = running.provider.call();
            comment(socket);
        }
        call.awaitCancelled();
        timeline.awaitTimers(TIMERS_OF_AN_IDLE_GATEWAY);
        assertThat(used()).isEqualTo(900);
    }

    /** Of the client's limit of tokens. */
    private long used() throws Exception {
        String status =
                running.get("/status", "Authorization", "Bearer " + WATCH_KEY).body();
        return 1_000
                - JsonMapper.shared()
                        .readTree(status)
                        .at("/gateway/clients/0/limits/0/left")
                        .longValue();
    }

    @ParameterizedTest
    @EnumSource
    void clientThatIsSlow_getsNoCommentAmidAPiece_norSeveralAfterwards(StreamProtocol protocol) throws Exception {
        try (Socket socket = ask(protocol, EARLY)) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(large());
            String before = RunningGateway.readUntil(socket, "xxx");
            RunningGateway.awaitStuck(socket);
            for (int times = 0; times < 5; times++) {
                timeline.toNextTimer(SILENCE);
            }
            call.answer("y");
            WireEnd.Reading reading = WireEnd.read(socket, before);
            assertEnd(reading, WireEnd.DONE);
            assertThat(comments(reading)).isZero();
            assertThat(reading.text().chars().filter(next -> next == 'x').count())
                    .isGreaterThanOrEqualTo(LARGE);
        }
        timeline.awaitTimers(TIMERS_OF_AN_IDLE_GATEWAY);
    }

    /**
     * The server fails as it asks for the time once the piece has been taken, where nobody else would end the stream.
     */
    @ParameterizedTest
    @EnumSource
    void errorAfterAPieceIsWritten_isAReset(StreamProtocol protocol) throws Exception {
        try (LoggedLines log = new LoggedLines(Response.class);
                Socket socket = ask(protocol)) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(large());
            String before = RunningGateway.readUntil(socket, "xxx");
            timeline.failForServer();
            assertEnd(WireEnd.read(socket, before), WireEnd.RESET);
            assertThat(log.thrown()).containsExactly("a fault for the test");
            call.awaitCancelled();
        }
        timeline.awaitTimers(TIMERS_OF_AN_IDLE_GATEWAY);
    }
}
