package dev.whippletree.gateway.status;

import static dev.whippletree.gateway.RunningGateway.HI;
import static dev.whippletree.gateway.RunningGateway.HI_STREAMED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverTimedGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.WireEnd;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Secret;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator sees of a gateway at {@code /metrics}, over real sockets. Time is the test's. */
final class GatewayMetricsTest extends OverTimedGateway {

    private static final String KEY = "key-of-acme-0123456789";
    private static final String WATCH = "watch-key-0123456789";
    private static final String CHAT = "/v1/chat/completions";
    private static final int MOST_LOOKS = 10_000;
    private static final long MEMORY = 4 << 20;

    GatewayMetricsTest() {
        super(GatewaySettings.DEFAULT
                .withBounds(GatewaySettings.Bounds.DEFAULT.withMostBodyBytes(1_000))
                .withClients(List.of(RunningGateway.client("acme", KEY)), Optional.of(Secret.of(WATCH))));
    }

    private String metrics() throws Exception {
        RunningGateway.settle();
        return running.get("/metrics", "Authorization", "Bearer " + WATCH).body();
    }

    /** Returns the rows of a metric, by their labels as Prometheus writes them. */
    private Map<String, Double> rows(String name) throws Exception {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .collect(Collectors.toMap(
                        line -> line.substring(name.length(), line.lastIndexOf(' ')),
                        line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))),
                        Double::sum,
                        TreeMap::new));
    }

    /** Returns the requests that have ended, without those for the metrics themselves. */
    private Map<String, Double> requests() throws Exception {
        Map<String, Double> rows = rows("whippletree_gateway_requests_total");
        rows.keySet().removeIf(row -> row.contains("path=\"/metrics\""));
        return rows;
    }

    /** Each look is an exchange over a socket, so others have their turn in between. */
    private void awaitRequest(String row) throws Exception {
        for (int look = 0; look < MOST_LOOKS; look++) {
            if (!requests().isEmpty()) {
                break;
            }
        }
        assertThat(requests()).containsExactly(Map.entry(row, 1.0));
    }

    private static String row(String client, String path, String route, String status, String code) {
        return "{client=\"" + client + "\",code=\"" + code + "\",path=\"" + path + "\",route=\"" + route
                + "\",status=\"" + status + "\"}";
    }

    private static String timed(String outcome) {
        return "{outcome=\"" + outcome + "\",path=\"" + CHAT + "\",route=\"fast\"}";
    }

    private static String wire(String body) {
        return RunningGateway.wire(body).replace("Host:", "Authorization: Bearer " + KEY + "\r\nHost:");
    }

    private void ask(String body) throws Exception {
        assertThat(running.post(body, "Authorization", "Bearer " + KEY).statusCode())
                .isEqualTo(200);
    }

    @Test
    void requests_areCountedByTheNamesOfTheConfiguration() throws Exception {
        running.provider.usually(call -> call.answer("Hello"));
        ask(HI);
        ask(HI.replace("fast", "gpt-4o-mini").replace("Hi", "Hi again"));
        ask(HI.replace("fast", "good"));
        assertThat(requests())
                .containsOnly(
                        Map.entry(row("acme", CHAT, "fast", "200", "none"), 2.0),
                        Map.entry(row("acme", CHAT, "good", "200", "none"), 1.0));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/chat/completions, nobodys-key, {}, none, /v1/chat/completions, 401, invalid_api_key",
        "POST, /v1/chat/completions, KEY, LARGE, acme, /v1/chat/completions, 413, request_too_large",
        "POST, /v1/chat/completions, KEY, UNKNOWN, acme, /v1/chat/completions, 404, model_not_found",
        "POST, /v1/messages, KEY, nobodys-words, acme, /v1/messages, 400, invalid_value",
        "PUT, /v1/embeddings, KEY, {}, none, /v1/embeddings, 405, method_not_allowed",
        "GET, /v1/nobodys-path, KEY, '', none, none, 404, not_found",
        "GET, //v1//models, KEY, '', none, none, 404, not_found",
        "GET, /v1/models/nobodys-model, KEY, '', acme, /v1/models, 404, model_not_found",
        "GET, /v1/models/fast, KEY, '', acme, /v1/models, 200, none",
        "GET, /healthz, nobodys-key, '', none, /healthz, 200, none",
        "GET, /v1/models, 'KEY\r\nAuthorization: Bearer nobodys-key', '', none, none, 400, malformed_request",
        "GET, /v1/models, 'KEY\r\nOrigin: https://nobodys.example', '', none, none, 403, forbidden",
    })
    void whatARequestSays_isInNoTag(
            String method,
            String path,
            String key,
            String body,
            String client,
            String place,
            String status,
            String code)
            throws Exception {
        String sent = body.replace("LARGE", "x".repeat(1_001)).replace("UNKNOWN", HI.replace("fast", "nobodys-model"));
        try (Socket socket = running.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + key.replace("KEY", KEY) + "\r\nConnection: close\r\nContent-Length: " + sent.length() + "\r\n\r\n"
                + sent)) {
            assertThat(RunningGateway.readAll(socket)).startsWith("HTTP/1.1 " + status);
        }
        assertThat(requests()).containsExactly(Map.entry(row(client, place, "none", status, code), 1.0));
        assertThat(metrics()).doesNotContain("nobodys", KEY, WATCH);
    }

    @Test
    void stream_countsOnceItHasEnded_withBothTimes() throws Exception {
        try (Socket socket = running.send(wire(HI_STREAMED))) {
            ScriptedProvider.Call call = running.provider.call();
            timeline.advance(Duration.ofSeconds(1));
            call.tell(new Delta.Text("Once upon"));
            RunningGateway.readUntil(socket, "Once upon");
            assertThat(requests()).isEmpty();
            assertThat(rows("whippletree_gateway_requests_active")).containsExactly(Map.entry("", 2.0));

            timeline.advance(Duration.ofSeconds(2));
            call.answer(" a time");
            assertThat(RunningGateway.readUntil(socket, "[DONE]")).contains(" a time");
            assertThat(requests()).containsExactly(Map.entry(row("acme", CHAT, "fast", "200", "none"), 1.0));
        }
        assertThat(rows("whippletree_gateway_request_first_byte_seconds_sum")).containsEntry(timed("answered"), 1.0);
        assertThat(rows("whippletree_gateway_request_duration_seconds_sum")).containsEntry(timed("answered"), 3.0);
        String within = timed("answered").replace("{", "{le=\"X\",");
        assertThat(sorted(rows("whippletree_gateway_request_duration_seconds_bucket")))
                .containsEntry(within.replace("X", "2.5"), 0.0)
                .containsEntry(within.replace("X", "5.0"), 1.0);
    }

    /** Prometheus may read labels in any order. */
    private static Map<String, Double> sorted(Map<String, Double> rows) {
        Map<String, Double> sorted = new TreeMap<>();
        rows.forEach((labels, value) ->
                sorted.put(labels.replaceFirst("^\\{(.*),le=\"([^\"]*)\"}$", "{le=\"$2\",$1}"), value));
        return sorted;
    }

    @ParameterizedTest
    @CsvSource({"true, true, 200", "true, false, none", "false, false, none"})
    void clientThatLeaves_isCountedAsSuch_andNotAsAnswered(boolean streaming, boolean begun, String status)
            throws Exception {
        try (Socket socket = running.send(wire(streaming ? HI_STREAMED : HI))) {
            ScriptedProvider.Call call = running.provider.call();
            if (begun) {
                call.tell(new Delta.Text("Once upon"));
                RunningGateway.readUntil(socket, "Once upon");
            }
        }
        awaitRequest(row("acme", CHAT, "fast", status, "disconnected"));
        assertThat(rows("whippletree_gateway_request_duration_seconds_count"))
                .containsEntry(timed("disconnected"), 1.0)
                .doesNotContainKey(timed("answered"));
        assertThat(rows("whippletree_gateway_request_first_byte_seconds_count"))
                .containsEntry(timed("disconnected"), begun ? 1.0 : 0.0);
    }

    @Test
    void streamThatFails_isAFailure_thoughItsStatusIs200() throws Exception {
        try (Socket socket = running.send(wire(HI_STREAMED))) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Once upon"));
            String before = RunningGateway.readUntil(socket, "Once upon");
            call.fail(Failure.of(FailureKind.REJECTED, "changed its mind"));
            assertThat(WireEnd.read(socket, before).end()).isEqualTo(WireEnd.ERROR);
        }
        assertThat(requests()).containsExactly(Map.entry(row("acme", CHAT, "fast", "200", "stream_interrupted"), 1.0));
        assertThat(rows("whippletree_gateway_request_duration_seconds_count")).containsEntry(timed("failed"), 1.0);
    }

    @Test
    void memory_isShown_withWhatFoundNone() throws Exception {
        reopen(RunningGateway.bounded(bounds -> bounds.withMemoryBytes(12_000)));
        running.provider.usually(call -> {});
        assertThat(rows("whippletree_gateway_memory_used_bytes")).containsExactly(Map.entry("", 0.0));
        assertThat(rows("whippletree_gateway_memory_amount_bytes")).containsExactly(Map.entry("", 12_000.0));
        try (Socket socket = running.send(RunningGateway.wire(HI))) {
            ScriptedProvider.Call call = running.provider.call();
            assertThat(rows("whippletree_gateway_memory_used_bytes").get("")).isBetween(6_000.0, 12_000.0);
            assertThat(running.post(HI.replace("Hi", "Hi again")).statusCode()).isEqualTo(503);
            call.answer("Done");
            RunningGateway.readUntil(socket, "Done");
        }
        assertThat(rows("whippletree_gateway_memory_refused_total")).containsExactly(Map.entry("", 1.0));
        assertThat(requests()).containsEntry(row("none", CHAT, "none", "503", "gateway_busy"), 1.0);
    }

    /** Sockets take some megabytes before anything is unread. */
    @Test
    void answerThatNobodyReads_isCounted_onceItIsDropped() throws Exception {
        reopen(RunningGateway.bounded(bounds -> bounds.withMemoryBytes(MEMORY)));
        running.provider.usually(call -> {});
        try (Socket socket = running.send(RunningGateway.wire(HI_STREAMED))) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(large());
            call.awaitCancelled();
            for (int look = 0; look < MOST_LOOKS && requests().isEmpty(); look++) {
                RunningGateway.settle();
            }
            assertThat(socket.isConnected()).isTrue();
        }
        assertThat(requests().keySet()).singleElement().asString().contains("code=\"unread\"");
        assertThat(rows("whippletree_gateway_answers_dropped_total")).containsExactly(Map.entry("", 1.0));
    }

    @Test
    void connections_areShown_byWhoseTheyAre() throws Exception {
        running.provider.usually(call -> call.answer("Hello"));
        String watched = metrics();
        assertThat(watched)
                .contains("whippletree_gateway_connections{state=\"keyless\"} 1.0\n")
                .contains("whippletree_gateway_connections{state=\"client\"} 0.0\n");
        try (Socket socket = running.send(wire(HI));
                Socket another = running.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            RunningGateway.readResponse(socket);
            RunningGateway.readResponse(another);
            assertThat(rows("whippletree_gateway_connections"))
                    .containsOnly(
                            Map.entry("{state=\"client\"}", 1.0),
                            Map.entry("{state=\"keyless\"}", 2.0),
                            Map.entry("{state=\"waiting\"}", 0.0));
        }
        assertThat(rows("whippletree_gateway_connections_amount"))
                .containsExactly(Map.entry("", (double) GatewaySettings.Bounds.DEFAULT.mostConnections()));
    }

    @Test
    void jvm_isShown() throws Exception {
        assertThat(metrics())
                .contains("jvm_memory_used_bytes{area=\"heap\"", "jvm_gc_memory_allocated_bytes_total")
                .contains("jvm_threads_live_threads", "process_cpu_usage", "process_uptime_seconds");
    }
}
