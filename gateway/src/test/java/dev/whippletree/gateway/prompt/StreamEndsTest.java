package dev.whippletree.gateway.prompt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.ManualTimeline;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.StreamProtocol;
import dev.whippletree.gateway.WireEnd;
import dev.whippletree.gateway.http.Response;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.testkit.logging.LoggedLines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every way in which a stream can end, as it is on the wire: a client can always tell a whole answer from any other
 * end.
 */
@Tag("slow")
final class StreamEndsTest {

    private static final String EARLY = "x-whippletree-keep-alive: true";
    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualTimeline timeline = new ManualTimeline();
    private @Nullable RunningGateway opened;

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
        timeline.close();
    }

    /** Of time that the test moves. */
    private RunningGateway open() {
        return open(Timeouts.DEFAULT);
    }

    private RunningGateway open(Timeouts timeouts) {
        RunningGateway running = new RunningGateway(
                GatewaySettings.DEFAULT,
                timeline,
                builder -> withTimed(builder, timeouts).timeline(timeline));
        opened = running;
        return running;
    }

    /** Of real time, with a client's timeouts that are short. */
    private RunningGateway openForHasty() {
        RunningGateway running = new RunningGateway(GatewaySettings.DEFAULT.withBounds(GatewaySettings.Bounds.DEFAULT
                .withClientTimeout(Duration.ofMillis(300))
                .withIdleTimeout(Duration.ofMillis(300))));
        opened = running;
        return running;
    }

    private static Whippletree.Builder withTimed(Whippletree.Builder builder, Timeouts timeouts) {
        return builder.route(RouteSettings.builder(
                        "timed", List.of(new Tier(List.of(new TargetSettings("one", "small-model")))))
                .ttl(Optional.empty())
                .retries(new Retries(1, Duration.ZERO, Duration.ZERO, 0, 1))
                .timeouts(timeouts)
                .build());
    }

    private static CompletableFuture<WireEnd.Reading> end(Socket socket, String before) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return WireEnd.read(socket, before);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void assertEnd(WireEnd.Reading reading, WireEnd expected, String... words) {
        assertThat(reading.end()).as(reading.text()).isEqualTo(expected);
        for (String word : words) {
            assertThat(reading.text()).contains(word);
        }
    }

    /** A stream that has begun with a piece. */
    private Socket begun(RunningGateway running, String request) throws Exception {
        running.provider.usually(call -> {});
        Socket socket = running.send(request);
        running.provider.call().tell(new Delta.Text("Once upon"));
        return socket;
    }

    @ParameterizedTest
    @EnumSource
    void wholeAnswer_isDone(StreamProtocol protocol) throws Exception {
        try (Socket socket = open().send(protocol.request("timed"))) {
            assertEnd(WireEnd.read(socket), WireEnd.DONE, "Hello");
        }
    }

    @ParameterizedTest
    @EnumSource
    void serviceThatFailsAtOnce_isToldByAStatus(StreamProtocol protocol) throws Exception {
        RunningGateway running = open();
        running.provider.usually(call -> call.fail(Failure.of(FailureKind.REJECTED, "no")));
        try (Socket socket = running.send(protocol.request("timed"))) {
            assertEnd(WireEnd.read(socket), WireEnd.STATUS, " 400 ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void serviceThatFailsAfterAPiece_isAnError(StreamProtocol protocol) throws Exception {
        RunningGateway running = open();
        running.provider.usually(call -> {});
        try (Socket socket = running.send(protocol.request("timed"))) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Once upon"));
            String before = RunningGateway.readUntil(socket, "Once upon");
            call.fail(Failure.of(FailureKind.REJECTED, "changed its mind"));
            assertEnd(WireEnd.read(socket, before), WireEnd.ERROR, "stream_interrupted");
        }
    }

    @ParameterizedTest
    @EnumSource
    void noFirstPiece_isToldByAStatus(StreamProtocol protocol) throws Exception {
        RunningGateway running = open(new Timeouts(Duration.ofSeconds(5), HOUR, HOUR));
        running.provider.usually(call -> {});
        try (Socket socket = running.send(protocol.request("timed"))) {
            running.provider.call();
            assertEnd(timeline.advanceUntil(end(socket, "")), WireEnd.STATUS, " 502 ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void silenceBetweenPieces_isAnError(StreamProtocol protocol) throws Exception {
        RunningGateway running = open(new Timeouts(HOUR, Duration.ofSeconds(5), HOUR));
        assertTimedOut(running, protocol);
    }

    @ParameterizedTest
    @EnumSource
    void answerThatTakesTooLong_isAnError(StreamProtocol protocol) throws Exception {
        RunningGateway running = open(new Timeouts(HOUR, HOUR, Duration.ofSeconds(5)));
        assertTimedOut(running, protocol);
    }

    private void assertTimedOut(RunningGateway running, StreamProtocol protocol) throws Exception {
        try (Socket socket = begun(running, protocol.request("timed"))) {
            String before = RunningGateway.readUntil(socket, "Once upon");
            assertEnd(timeline.advanceUntil(end(socket, before)), WireEnd.ERROR, "stream_interrupted");
        }
    }

    @ParameterizedTest
    @EnumSource
    void deadlineBeforeTheFirstPiece_isToldByAStatus(StreamProtocol protocol) throws Exception {
        RunningGateway running = open(new Timeouts(HOUR, HOUR, HOUR));
        running.provider.usually(call -> {});
        try (Socket socket = running.send(protocol.request("timed", "x-whippletree-deadline: 5s"))) {
            running.provider.call();
            assertEnd(timeline.advanceUntil(end(socket, "")), WireEnd.STATUS, " 504 ", "deadline_exceeded");
        }
    }

    /** Lets time pass until a stream has begun with a comment. */
    private String comment(Socket socket) {
        return timeline.advanceUntil(CompletableFuture.supplyAsync(() -> {
            try {
                return RunningGateway.readUntil(socket, ": keep-alive\n\n");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }));
    }

    @ParameterizedTest
    @EnumSource
    void noFirstPieceAfterAComment_isAnError(StreamProtocol protocol) throws Exception {
        RunningGateway running = open(new Timeouts(Duration.ofMinutes(5), HOUR, HOUR));
        running.provider.usually(call -> {});
        try (Socket socket = running.send(protocol.request("timed", EARLY))) {
            String before = comment(socket);
            timeline.advance(Duration.ofMinutes(5));
            assertEnd(timeline.advanceUntil(end(socket, before)), WireEnd.ERROR, "upstream_failed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void deadlineAfterAComment_isAnError(StreamProtocol protocol) throws Exception {
        RunningGateway running = open(new Timeouts(HOUR, HOUR, HOUR));
        running.provider.usually(call -> {});
        try (Socket socket = running.send(protocol.request("timed", EARLY, "x-whippletree-deadline: 5m"))) {
            String before = comment(socket);
            timeline.advance(Duration.ofMinutes(5));
            assertEnd(timeline.advanceUntil(end(socket, before)), WireEnd.ERROR, "deadline_exceeded");
        }
    }

    @ParameterizedTest
    @EnumSource
    void routeThatIsTakenAwayFromAPromptInLine_isAnError(StreamProtocol protocol) throws Exception {
        RunningGateway running = open();
        running.provider.usually(call -> call.fail(new Failure(
                FailureKind.RATE_LIMITED,
                "later",
                OptionalInt.of(429),
                Optional.empty(),
                Optional.of(Duration.ofMinutes(50)),
                Reach.ACCOUNT)));
        try (Socket socket = running.send(protocol.request("timed", EARLY))) {
            running.provider.call();
            String before = comment(socket);
            running.whippletree.reload(without("timed", running.whippletree.configuration()));
            assertEnd(WireEnd.read(socket, before), WireEnd.ERROR, "no_account");
        }
    }

    @ParameterizedTest
    @EnumSource
    void routeThatIsTakenAway_letsTheStreamEnd(StreamProtocol protocol) throws Exception {
        RunningGateway running = open();
        running.provider.usually(call -> {});
        try (Socket socket = running.send(protocol.request("timed"))) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Once upon"));
            String before = RunningGateway.readUntil(socket, "Once upon");
            running.whippletree.reload(without("timed", running.whippletree.configuration()));
            call.answer(" a time");
            assertEnd(WireEnd.read(socket, before), WireEnd.DONE, " a time");
        }
    }

    private static Configuration without(String route, Configuration all) {
        return all.withRoutes(all.routes().stream()
                .filter(other -> !other.name().equals(route))
                .toList());
    }

    /** The server fails as it asks for the time, where the answer ends. */
    @ParameterizedTest
    @EnumSource
    void errorInTheGateway_isAReset(StreamProtocol protocol) throws Exception {
        RunningGateway running = open();
        running.provider.usually(call -> {});
        try (LoggedLines log = new LoggedLines(Response.class);
                Socket socket = running.send(protocol.request("timed"))) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Once upon"));
            String before = RunningGateway.readUntil(socket, "Once upon");
            timeline.failForServer();
            call.answer(" a time");
            assertEnd(WireEnd.read(socket, before), WireEnd.RESET);
            assertThat(log.thrown()).containsExactly("a fault for the test");
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientThatTakesNothing_isReset(StreamProtocol protocol) throws Exception {
        RunningGateway running = openForHasty();
        running.provider.usually(call -> {
            // More than all the buffers on the way hold.
            for (int piece = 0; piece < 400; piece++) {
                call.tell(new Delta.Text("x".repeat(50_000)));
            }
        });
        try (Socket socket = running.send(protocol.request("fast"))) {
            running.provider.call().awaitCancelled();
            assertEnd(WireEnd.read(socket), WireEnd.RESET);
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientThatClosesItsSide_isReset(StreamProtocol protocol) throws Exception {
        RunningGateway running = open();
        try (Socket socket = begun(running, protocol.request("timed"))) {
            String before = RunningGateway.readUntil(socket, "Once upon");
            socket.shutdownOutput();
            assertEnd(WireEnd.read(socket, before), WireEnd.RESET);
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientThatSendsTooMuch_isReset(StreamProtocol protocol) throws Exception {
        RunningGateway running = open();
        try (Socket socket = begun(running, protocol.request("timed"))) {
            String before = RunningGateway.readUntil(socket, "Once upon");
            socket.getOutputStream().write("x".repeat(100_000).getBytes(UTF_8));
            assertEnd(WireEnd.read(socket, before), WireEnd.RESET);
        }
    }

    /** Longer than a client may take nothing, and than a connection may be idle. */
    @ParameterizedTest
    @EnumSource
    void silenceOfTheService_isNoEnd(StreamProtocol protocol) throws Exception {
        RunningGateway running = openForHasty();
        running.provider.usually(call -> CompletableFuture.delayedExecutor(700, TimeUnit.MILLISECONDS)
                .execute(() -> {
                    call.tell(new Delta.Text("Hello"));
                    CompletableFuture.delayedExecutor(700, TimeUnit.MILLISECONDS)
                            .execute(() -> call.answer(" there"));
                }));
        try (Socket socket = running.send(protocol.request("fast"))) {
            assertEnd(WireEnd.read(socket), WireEnd.DONE, "Hello", " there");
        }
    }

    @ParameterizedTest
    @EnumSource
    void processThatIsKilled_isAReset(StreamProtocol protocol) throws Exception {
        Process process = LoneGateway.start("64m", "silent");
        try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(output.readLine()))) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(protocol.request("fast").getBytes(UTF_8));
            String before = RunningGateway.readUntil(socket, "Once upon");
            process.destroyForcibly().waitFor();
            assertEnd(WireEnd.read(socket, before), WireEnd.RESET);
        } finally {
            process.destroyForcibly();
        }
    }
}
