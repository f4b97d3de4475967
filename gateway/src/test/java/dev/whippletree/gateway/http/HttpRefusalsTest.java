package dev.whippletree.gateway.http;

import static dev.whippletree.gateway.RunningGateway.HI;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverTimedGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.StreamProtocol;
import dev.whippletree.gateway.WireEnd;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.testkit.logging.LoggedLines;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What an operator learns of the requests that get an error. Time is the test's. */
final class HttpRefusalsTest extends OverTimedGateway {

    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final String KEY = "key-of-acme-0123";
    private static final String WATCH = "watch-key-of-the-operator";
    private static final RequestLabel REQUEST = new RequestLabel("1", ErrorFormat.OPENAI);
    private static final String LIMITED = "this key's own limit of 2 requests / 1h is used up";

    /** The page's trend has one, and the pause after a line of the log. */
    private static final int TIMERS_AFTER_AN_ERROR = 2;

    @AutoClose
    private final LoggedLines log = new LoggedLines(HttpRefusals.class);

    HttpRefusalsTest() {
        super(GatewaySettings.DEFAULT.withClients(
                List.of(new GatewaySettings.Client("acme", Secret.of(KEY), List.of(Limit.parse("2 requests / 1h")))),
                Optional.of(Secret.of(WATCH))));
        running.provider.usually(call -> call.answer("Hello"));
    }

    private int ask(String body) throws Exception {
        return running.post(body, "Authorization", "Bearer " + KEY).statusCode();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> refusals() throws Exception {
        Map<String, Object> status = RunningGateway.json(running.get("/status", "Authorization", "Bearer " + WATCH));
        return requireNonNull((List<Map<String, Object>>)
                requireNonNull((Map<String, Object>) status.get("gateway")).get("refusals"));
    }

    /** What is logged, without the ids of requests. */
    private List<String> lines() {
        return log.all().stream()
                .map(line -> line.replaceAll("req_[0-9a-f]{32}", "req_"))
                .toList();
    }

    /** A line has been logged, and the next pause has begun. */
    private void aLineIsLogged() throws Exception {
        timeline.awaitTimers(TIMERS_AFTER_AN_ERROR);
    }

    @Test
    void refusals_areCountedByCode_withTheLastOnesTime() throws Exception {
        ask(HI);
        ask(HI);
        assertThat(refusals()).isEmpty();
        for (int i = 0; i < 3; i++) {
            timeline.advance(Duration.ofSeconds(1));
            assertThat(ask(HI)).isEqualTo(429);
        }
        running.post(HI, "Authorization", "Bearer unknown");
        running.get("/status");
        running.get("/nowhere");
        assertThat(refusals())
                .extracting(one -> one.get("code") + " " + one.get("status") + " " + one.get("count"))
                .containsExactly("invalid_api_key 401 2", "not_found 404 1", "rate_limit_exceeded 429 3");
        assertThat(refusals().get(2)).containsEntry("last_at", "2026-01-01T00:00:03Z");
    }

    @Test
    void firstRefusal_isLoggedAtOnce_andThoseOfAMinuteInOneLine() throws Exception {
        ask(HI);
        ask(HI);
        ask(HI);
        assertThat(lines())
                .containsExactly("WARN Requests refused or failed, by code: {rate_limit_exceeded=1}; the last: "
                        + LIMITED + " (req_)");
        for (int i = 0; i < 50; i++) {
            ask(HI);
        }
        running.post(HI, "Authorization", "Bearer unknown");
        timeline.awaitTimer(A_MINUTE::equals);
        timeline.advance(A_MINUTE.minusNanos(1));
        assertThat(lines()).hasSize(1);
        timeline.advance(Duration.ofNanos(1));
        aLineIsLogged();
        assertThat(lines())
                .hasSize(2)
                .last()
                .isEqualTo("WARN Requests refused or failed, by code: {invalid_api_key=1, rate_limit_exceeded=50};"
                        + " the last: unknown key (req_)");
        timeline.advance(A_MINUTE);
        timeline.awaitTimers(TIMERS_AFTER_AN_ERROR - 1);
        assertThat(lines()).hasSize(2);
        ask(HI);
        aLineIsLogged();
        assertThat(lines()).hasSize(3);
    }

    /** The words of the last one that doesn't quote its request, once. */
    @Test
    void end_logsWhatIsNotLoggedYet() throws Exception {
        running.post(HI, "Authorization", "Bearer unknown");
        running.get("/nowhere");
        running.get("/nowhere");
        running.close();
        assertThat(lines())
                .containsExactly(
                        "WARN Requests refused or failed, by code: {invalid_api_key=1}; the last: unknown key (req_)",
                        "WARN Requests refused or failed, by code: {not_found=2}");
    }

    /** Its words may quote the request, and a line break in them would forge a line. */
    @Test
    void wordsOfAnErrorAboutTheRequest_areNotLogged() throws Exception {
        running.get("/sk-secret%0AWARN");
        ask("{\"messages\":[{\"role\":\"sk-secret\",\"content\":\"Hi\"}]}");
        timeline.advance(A_MINUTE);
        aLineIsLogged();
        assertThat(lines()).hasSize(2).noneMatch(line -> line.contains("secret"));
    }

    @Test
    void failureOfAStreamThatHasBegun_andResetOfAHeldAnswer_areCountedOnce() throws Exception {
        running.provider.usually(call -> {});
        String signed = "Authorization: Bearer " + KEY;
        String early = "x-whippletree-keep-alive: true";
        try (Socket stream = running.send(StreamProtocol.KEPT.request("fast", signed, early));
                Socket held = running.send(StreamProtocol.KEPT.whole("good", signed, early))) {
            List<ScriptedProvider.Call> calls = List.of(running.provider.call(), running.provider.call());
            timeline.awaitTimers(3);
            timeline.advance(Duration.ofSeconds(10));
            RunningGateway.readUntil(stream, ": keep-alive");
            RunningGateway.readUntil(held, "\r\n\r\n01\r\n ");
            calls.forEach(call -> call.fail(Failure.of(FailureKind.REJECTED, "no")));
            RunningGateway.readUntil(stream, "event: error");
            WireEnd.read(held, "");
        }
        assertThat(refusals())
                .singleElement()
                .satisfies(one ->
                        assertThat(one).containsEntry("code", "invalid_request").containsEntry("count", 2));
    }

    @Test
    void codesAndWordsOfServices_areBounded() {
        HttpRefusals refusals = new HttpRefusals(timeline);
        IntStream.range(0, 1_000).forEach(i -> refusals.add(error("code-" + i, "no"), REQUEST));
        assertThat(refusals.json())
                .hasSize(HttpRefusals.MOST_CODES + 1)
                .last()
                .satisfies(one -> assertThat(one)
                        .containsEntry("code", "other")
                        .containsEntry("count", 1_000L - HttpRefusals.MOST_CODES));
        assertThat(lines()).hasSize(1);
        refusals.add(error("code-0", "no"), REQUEST);
        assertThat(refusals.json().get(0)).containsEntry("code", "code-0").containsEntry("count", 2L);
        List<Map<String, Object>> before = refusals.json();
        refusals.add(error("code-0", "no"), REQUEST);
        assertThat(before.get(0)).as("what was returned").containsEntry("count", 2L);
        for (int length = 300; length < 302; length++) {
            new HttpRefusals(timeline).add(error("x\n".repeat(1_000_000), "y".repeat(length)), REQUEST);
            assertThat(lines())
                    .last()
                    .isEqualTo("WARN Requests refused or failed, by code: {" + "x ".repeat(150) + "…=1}; the last: "
                            + "y".repeat(300) + (length == 300 ? "" : "…") + " (req_1)");
        }
    }

    private static ApiError error(String code, String message) {
        return ApiError.of(502, "server_error", code, message);
    }
}
