package dev.whippletree.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AnswerEnd;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What counts against a client's limits if its service doesn't say what an answer took, as when the client has left.
 */
final class LeavingClientTest extends OverGateway {

    private static final String KEY = "key-of-acme-0123456789";
    private static final String WATCH_KEY = "watch-key-0123456789";

    private void open(String... limits) {
        reopen(GatewaySettings.DEFAULT.withClients(List.of(client(limits)), Optional.of(Secret.of(WATCH_KEY))));
    }

    private static GatewaySettings.Client client(String... limits) {
        return new GatewaySettings.Client(
                "acme", Secret.of(KEY), Stream.of(limits).map(Limit::parse).toList());
    }

    /** Each with a text of its own, or it would be answered from the cache. */
    private static String body(boolean streaming, String text) {
        return "{\"model\":\"fast\",\"max_tokens\":1,\"stream\":" + streaming
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
    }

    private static String wire(String body) {
        return RunningGateway.wire(body).replace("Host:", "Authorization: Bearer " + KEY + "\r\nHost:");
    }

    private HttpResponse<String> ask(String body) throws Exception {
        return running.post(body, "Authorization", "Bearer " + KEY);
    }

    /** Returns what is left of the client's limits, each by its unit and amount. */
    private Map<String, Long> left() throws Exception {
        RunningGateway.settle();
        Map<?, ?> status = RunningGateway.json(running.get("/status", "Authorization", "Bearer " + WATCH_KEY));
        List<?> clients =
                (List<?>) requireNonNull((Map<?, ?>) status.get("gateway")).get("clients");
        List<?> limits = (List<?>) ((Map<?, ?>) requireNonNull(clients).get(0)).get("limits");
        return requireNonNull(limits).stream()
                .map(limit -> (Map<?, ?>) limit)
                .collect(Collectors.toMap(
                        limit -> limit.get("amount") + " " + limit.get("unit"),
                        limit -> requireNonNull((Number) limit.get("left")).longValue()));
    }

    private void leaveAfter(long bytes) throws Exception {
        try (Socket socket = running.send(wire(body(true, "Hi")))) {
            socket.getInputStream().skipNBytes(bytes);
        }
        running.provider.call().awaitCancelled();
    }

    @Test
    void streamOfAServiceThatIgnoresTheMaximum_countsAsDelivered() throws Exception {
        open("5000 output-tokens / 1h");
        running.provider.usually(call -> {
            for (int piece = 0; piece < 70; piece++) {
                call.tell(new Delta.Text("word ".repeat(13_000)));
            }
        });

        leaveAfter(4_000_000);

        assertThat(left()).containsEntry("5000 output-tokens", 0L);
        assertThat(ask(body(false, "again")).statusCode()).isEqualTo(429);
    }

    /** Letters are a third of a token, digits and Chinese characters one, as in prompts. */
    @ParameterizedTest
    @CsvSource({"a, 300, 100", "7, 300, 300", "字, 300, 300"})
    void whatWasDelivered_countsAsInAPrompt(String character, int times, long tokens) throws Exception {
        open("1000000 output-tokens / 1h", "1000000 tokens / 1h", "1000000 input-tokens / 1h");
        running.provider.estimate(40);
        running.provider.usually(
                call -> call.tell(new Delta.Text(character.repeat(times)), new Delta.Reasoning("the last piece")));

        try (Socket socket = running.send(wire(body(true, "Hi")))) {
            assertThat(RunningGateway.readUntil(socket, "the last piece")).contains("the last piece");
        }
        running.provider.call().awaitCancelled();

        long delivered = tokens + 5;
        assertThat(left())
                .containsEntry("1000000 output-tokens", 1_000_000 - delivered)
                .containsEntry("1000000 tokens", 1_000_000 - delivered - 40)
                .containsEntry("1000000 input-tokens", 1_000_000L - 40);
    }

    /** On a stream of Messages, the input of a tool comes at the end. */
    @ParameterizedTest
    @CsvSource({"true, /v1/chat/completions", "false, /v1/chat/completions", "true, /v1/messages", "false, /v1/messages"
    })
    void wholeAnswerWhoseTokensNobodyTells_countsAsDelivered(boolean streaming, String path) throws Exception {
        open("5000 output-tokens / 1h");
        running.provider.usually(call -> {
            call.tell(new Delta.Text("word ".repeat(600)));
            call.tell(
                    new Delta.ToolCallPart(0, Optional.of("id"), Optional.of("f"), "{\"a\":" + "7".repeat(600) + "}"));
            call.sink().done(new AnswerEnd(FinishReason.TOOL_CALLS, Optional.empty(), "model-as-served"));
        });

        HttpResponse<String> answer = running.postTo(path, body(streaming, "Hi"), "Authorization", "Bearer " + KEY);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(left().get("5000 output-tokens")).isBetween(3_350L, 3_400L);
    }

    @Test
    void whatTheServiceCounts_isBelievedOfAWholeAnswer() throws Exception {
        open("5000 output-tokens / 1h");
        running.provider.usually(call -> {
            call.tell(new Delta.Text("word ".repeat(600)));
            call.sink().done(new AnswerEnd(FinishReason.STOP, Optional.of(TokenUsage.of(5, 601)), "model-as-served"));
        });
        assertThat(ask(body(true, "Hi")).statusCode()).isEqualTo(200);
        assertThat(left()).containsEntry("5000 output-tokens", 5_000L - 601);
    }

    @Test
    void limitOfAnotherAmount_goesOnWithWhatWasUsed_alsoByRequestsUnderWay() throws Exception {
        open("600 requests / 1h", "1000 output-tokens / 1h");
        running.provider.usually(call -> call.tell(new Delta.Text("7".repeat(300))));
        try (Socket socket = running.send(wire(body(true, "Hi")))) {
            assertThat(RunningGateway.readUntil(socket, "777")).contains("777");
            reload(client("601 requests / 60m", "1100 output-tokens / 1h"));
            assertThat(left()).containsEntry("601 requests", 600L);
        }
        running.provider.call().awaitCancelled();

        assertThat(left()).containsEntry("1100 output-tokens", 800L);
        reload(client("1 requests / 1h"));
        assertThat(ask(body(true, "Hello")).statusCode()).isEqualTo(429);
        reload(client("2 requests / 1h", "250 output-tokens / 1h"));
        assertThat(left()).containsEntry("2 requests", 1L).containsEntry("250 output-tokens", 0L);
    }

    /** As when a file was cut off and is whole again. */
    @Test
    void clientThatWasAwayForAReload_hasUsedWhatItHad() throws Exception {
        open("1 requests / 1h");
        assertThat(ask(body(false, "Hi")).statusCode()).isEqualTo(200);
        reload(new GatewaySettings.Client("other", Secret.of("key-of-other-0123456789"), List.of()));
        reload(client("1 requests / 1h"));
        assertThat(ask(body(false, "Hello")).statusCode()).isEqualTo(429);
    }

    @Test
    void ofTwoLimitsOfOneUnitAndWindow_theSmallerHolds_andEachRequestCountsOnce() throws Exception {
        open("9 requests / 1h", "3 requests / 60m", "5 requests / 1h");
        for (int time = 0; time < 3; time++) {
            assertThat(ask(body(false, "Hi " + time)).statusCode()).isEqualTo(200);
        }
        assertThat(ask(body(false, "Hello")).statusCode()).isEqualTo(429);
    }

    private void reload(GatewaySettings.Client client) {
        running.gateway.reload(running.settings(Optional.of(WATCH_KEY), client));
    }
}
