package dev.whippletree.gateway.messages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages over real sockets. */
final class GatewayMessagesTest {

    private static final String PATH = "/v1/messages?beta=true";
    private static final String HI_FIELDS = "\"model\":\"fast\",\"max_tokens\":50,"
            + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}]";
    private static final String HI = "{" + HI_FIELDS + "}";
    private static final String HI_STREAMED = "{\"stream\":true," + HI_FIELDS + "}";

    private RunningGateway running = RunningGateway.open();

    @AfterEach
    void close() {
        running.close();
    }

    private static Failure failure(FailureKind kind, int status) {
        return new Failure(
                kind, "that is too much", OptionalInt.of(status), Optional.empty(), Optional.empty(), Reach.ACCOUNT);
    }

    private static void assertError(HttpResponse<String> response, int status, String type, String words) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        Map<String, Object> json = RunningGateway.json(response);
        assertThat(json).containsEntry("type", "error");
        assertThat(json)
                .containsEntry(
                        "request_id",
                        response.headers().firstValue("request-id").orElseThrow());
        assertThat(json).extracting("error").extracting("type").isEqualTo(type);
        assertThat(json).extracting("error").extracting("message").asString().contains(words);
    }

    @Test
    void wholeAnswer_isAMessage_whateverVersionAndBetasTheClientNames() throws Exception {
        HttpResponse<String> response = running.postTo(
                PATH, HI, "anthropic-version", "2031-01-01", "anthropic-beta", "never-heard-of,and-more");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-whippletree-account")).contains("one");
        assertThat(RunningGateway.json(response))
                .containsEntry("type", "message")
                .containsEntry("model", "model-as-served")
                .containsEntry("stop_reason", "end_turn");
        assertThat(response.body()).contains("\"text\":\"Hello there\"", "\"input_tokens\":5", "\"output_tokens\":2");
        assertThat(running.provider.call().prompt().messages()).containsExactly(Message.user("Hi"));
    }

    @Test
    void streamedAnswer_isNamedEvents_toTheLast() throws Exception {
        HttpResponse<String> response = running.postTo(PATH, HI_STREAMED);

        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(response.body())
                .startsWith("event: message_start\ndata: {\"type\":\"message_start\",")
                .contains("{\"type\":\"text_delta\",\"text\":\"Hello", "\"output_tokens\":2", "\"attempts\":1")
                .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    }

    @Test
    void questionThatIsEqualInChat_isAnEqualPrompt() throws Exception {
        String schema = "{\"type\":\"object\",\"properties\":{}}";
        running.postTo(
                PATH,
                "{" + HI_FIELDS + ",\"system\":\"Be brief\",\"temperature\":0,\"tool_choice\":{\"type\":\"any\"},"
                        + "\"tools\":[{\"name\":\"f\",\"input_schema\":" + schema
                        + "}],\"metadata\":{\"user_id\":\"u\"}}");
        running.post("{\"model\":\"fast\",\"max_tokens\":50,\"temperature\":0,\"messages\":[{\"role\":\"system\","
                + "\"content\":\"Be brief\"},{\"role\":\"user\",\"content\":\"Hi\"}],\"tool_choice\":\"required\","
                + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":" + schema + "}}]}");

        Prompt asMessages = running.provider.call().prompt();
        Prompt asChat = running.provider.call().prompt();
        assertThat(asMessages.messages()).isEqualTo(asChat.messages());
        assertThat(asMessages.parameters()).isEqualTo(asChat.parameters());
    }

    @Test
    void keyInEitherHeader_isTheClients_andItsLimitIsARateLimitError() throws Exception {
        running.close();
        running = new RunningGateway(GatewaySettings.DEFAULT.withClients(
                List.of(new GatewaySettings.Client(
                        "acme", Secret.of("key-of-acme-0123"), List.of(Limit.parse("2 requests / 1h")))),
                Optional.empty()));

        assertError(running.postTo(PATH, HI), 401, "authentication_error", "no key");
        assertError(running.postTo(PATH, HI, "x-api-key", "wrong"), 401, "authentication_error", "key");
        assertThat(running.postTo(PATH, HI, "x-api-key", "key-of-acme-0123").statusCode())
                .isEqualTo(200);
        assertThat(running.postTo(PATH, HI, "authorization", "Bearer key-of-acme-0123")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> limited = running.postTo(PATH, HI, "x-api-key", "key-of-acme-0123");
        assertError(limited, 429, "rate_limit_error", "2 requests");
        assertThat(limited.headers().firstValue("retry-after")).isPresent();
    }

    @Test
    void badRequest_hasTheProtocolsError_andIsSentToNoService() throws Exception {
        assertError(running.postTo(PATH, "[]"), 400, "invalid_request_error", "JSON object");
        assertError(
                running.postTo(PATH, HI.replace("\"user\"", "\"robot\"")),
                400,
                "invalid_request_error",
                "messages[0].role");
        assertError(running.postTo(PATH, HI.replace("\"fast\"", "\"nobody\"")), 404, "not_found_error", "nobody");
        HttpResponse<String> thread = running.postTo(PATH, "{\"thread\":{\"type\":\"create\"}," + HI_FIELDS + "}");
        assertError(thread, 400, "invalid_request_error", "thread");
        assertThat(thread.body()).contains("\"error_code\":\"thread_unsupported_request\"");
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void failureBeforeAStreamBegins_hasItsStatus_andOneAfterIsItsLastEvent() throws Exception {
        running.provider.usually(call -> call.fail(failure(FailureKind.REJECTED, 400)));
        assertError(running.postTo(PATH, HI_STREAMED), 400, "invalid_request_error", "that is too much");

        running.provider.usually(call -> {});
        running.provider.call();
        String wire = RunningGateway.wire(HI_STREAMED.replace("Hi", "Again"));
        try (Socket socket = running.send(
                wire.replace("/v1/chat/completions", PATH).replaceFirst("\r\n", "\r\nConnection: close\r\n"))) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Hel"));
            String begun = RunningGateway.readUntil(socket, "Hel");
            assertThat(begun).startsWith("HTTP/1.1 200");
            String id = begun.replaceFirst("(?s).*\r\nrequest-id: (req_[0-9a-f]+)\r\n.*", "$1");
            call.fail(failure(FailureKind.REJECTED, 400));
            assertThat(RunningGateway.readAll(socket))
                    .contains(
                            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"",
                            "\"request_id\":\"" + id + "\"")
                    .doesNotContain("message_stop");
        }
    }

    @Test
    void tokensAreCountedAsTheyAreReserved_withoutACall() throws Exception {
        running.provider.estimate(321);
        HttpResponse<String> response = running.postTo(
                "/v1/messages/count_tokens",
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"input_tokens\":321}");
        assertThat(running.provider.unseenCalls()).isZero();
        assertError(
                running.postTo("/v1/messages/count_tokens", "{\"messages\":[]}"),
                400,
                "invalid_request_error",
                "messages");
    }

    @Test
    void otherMethods_areRefusedInTheProtocolsFormat() throws Exception {
        HttpResponse<String> response = running.get("/v1/messages");
        assertError(response, 405, "invalid_request_error", "POST");
        assertThat(response.headers().firstValue("allow")).contains("POST");
    }
}
