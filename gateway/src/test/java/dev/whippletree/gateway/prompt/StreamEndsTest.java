package dev.whippletree.gateway.prompt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.ManualTimeline;
import dev.whippletree.gateway.OverTimedGateway;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every way in which a stream can end, as it is on the wire: a client can always tell a whole answer from any other
 * end.
 */
@Tag("slow")
final class StreamEndsTest {

    private static final String EARLY = "x-whippletree-keep-alive: true";

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
    private RunningGateway open(Timeouts timeouts) {
        RunningGateway running = new RunningGateway(
                GatewaySettings.DEFAULT,
                timeline,
                builder -> withTimed(builder, timeouts).timeline(timeline));
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

    /** What the service does once it is asked, and how the stream ends. */
    @ParameterizedTest
    @CsvSource({
        "answers, DONE, Hello",
        "fails, STATUS, ' 400 '",
        "begins and fails, ERROR, stream_interrupted",
        "begins and answers, DONE, Hello",
    })
    void streamOfAService_endsAsItDoes(String does, WireEnd expected, String words) throws Exception {
        RunningGateway running = open(Timeouts.DEFAULT);
        running.provider.usually(call -> {});
        for (StreamProtocol protocol : StreamProtocol.values()) {
            try (Socket socket = running.send(protocol.request("timed"))) {
                ScriptedProvider.Call call = running.provider.call();
                String before = does.startsWith("begins") ? begin(socket, call) : "";
                if (does.endsWith("fails")) {
                    call.fail(Failure.of(FailureKind.REJECTED, "changed its mind"));
                } else {
                    call.answer("Hello");
                }
                assertEnd(WireEnd.read(socket, before), expected, words);
            }
        }
    }

    private static String begin(Socket socket, ScriptedProvider.Call call) throws IOException {
        call.tell(new Delta.Text("Once upon"));
        return RunningGateway.readUntil(socket, "Once upon");
    }

    /** Silence, after nothing, a comment or a piece, and what ends it: a timeout or the deadline. */
    @ParameterizedTest
    @CsvSource({
        "nothing, PT5S, PT1H, PT1H, , STATUS, ' 502 '",
        "nothing, PT1H, PT1H, PT1H, 5s, STATUS, deadline_exceeded",
        "comment, PT5M, PT1H, PT1H, , ERROR, upstream_failed",
        "comment, PT1H, PT1H, PT1H, 5m, ERROR, deadline_exceeded",
        "piece, PT1H, PT5S, PT1H, , ERROR, stream_interrupted",
        "piece, PT1H, PT1H, PT5S, , ERROR, stream_interrupted",
    })
    void silence_endsAsOneOf(
            String after, Duration first, Duration between, Duration whole, String deadline, WireEnd end, String words)
            throws Exception {
        RunningGateway running = open(new Timeouts(first, between, whole));
        running.provider.usually(call -> {});
        String early = "x-whippletree-keep-alive: " + after.equals("comment");
        for (StreamProtocol protocol : StreamProtocol.values()) {
            String[] headers = deadline == null
                    ? new String[] {early}
                    : new String[] {early, "x-whippletree-deadline: " + deadline};
            try (Socket socket = running.send(protocol.request("timed", headers))) {
                ScriptedProvider.Call call = running.provider.call();
                String before = "";
                if (after.equals("comment")) {
                    before = comment(socket);
                    timeline.advance(Duration.ofMinutes(5));
                } else if (after.equals("piece")) {
                    before = begin(socket, call);
                }
                assertEnd(timeline.advanceUntil(end(socket, before)), end, words);
            }
        }
    }

    /** Lets time pass until a stream has begun with a comment. */
    private String comment(Socket socket) {
        return OverTimedGateway.untilText(timeline, socket, ": keep-alive\n\n");
    }

    @ParameterizedTest
    @EnumSource
    void routeThatIsTakenAwayFromAPromptInLine_isAnError(StreamProtocol protocol) throws Exception {
        RunningGateway running = open(Timeouts.DEFAULT);
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
        RunningGateway running = open(Timeouts.DEFAULT);
        running.provider.usually(call -> {});
        try (Socket socket = running.send(protocol.request("timed"))) {
            ScriptedProvider.Call call = running.provider.call();
            String before = begin(socket, call);
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

    /** The server fails as it asks for the time, where the answer ends; the client closes its side, or sends on. */
    @ParameterizedTest
    @CsvSource({"error", "closed", "more"})
    void errorInTheGateway_orClientThatGoesOrSendsTooMuch_isAReset(String what) throws Exception {
        RunningGateway running = open(Timeouts.DEFAULT);
        running.provider.usually(call -> {});
        for (StreamProtocol protocol : StreamProtocol.values()) {
            try (LoggedLines log = new LoggedLines(Response.class);
                    Socket socket = running.send(protocol.request("timed"))) {
                ScriptedProvider.Call call = running.provider.call();
                String before = begin(socket, call);
                switch (what) {
                    case "error" -> {
                        timeline.failForServer();
                        call.answer(" a time");
                    }
                    case "closed" -> socket.shutdownOutput();
                    default ->
                        socket.getOutputStream().write("x".repeat(100_000).getBytes(UTF_8));
                }
                assertEnd(WireEnd.read(socket, before), WireEnd.RESET);
                assertThat(log.thrown()).hasSize(what.equals("error") ? 1 : 0).allMatch("a fault for the test"::equals);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void processThatIsKilled_isAReset(StreamProtocol protocol) throws Exception {
        Process process = LoneGateway.start();
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
