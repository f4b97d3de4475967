package dev.whippletree.gateway.messages;

import static dev.whippletree.gateway.RunningGateway.client;
import static dev.whippletree.gateway.RunningGateway.quoted;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every error under the path of Messages, wherever it comes from, is one of Messages. */
final class MessagesErrorsTest extends OverGateway {

    private static final MessagesErrors FORMAT = new MessagesErrors();
    private static final String KEY = "key-of-acme-0123456789";
    private static final String HI =
            "{\"model\":\"fast\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    @ParameterizedTest
    @CsvSource({
        "400, 400, invalid_request_error",
        "401, 401, authentication_error",
        "403, 403, permission_error",
        "404, 404, not_found_error",
        "413, 413, request_too_large",
        "422, 422, invalid_request_error",
        "429, 429, rate_limit_error",
        "499, 499, invalid_request_error",
        "500, 500, api_error",
        "503, 529, overloaded_error",
        "504, 504, api_error",
    })
    void statusAndType_areAnthropics(int ours, int status, String type) {
        ApiError error = ApiError.of(ours, ApiError.SERVER, "code", "why");
        assertThat(FORMAT.status(error)).isEqualTo(status);
        String inner = "'type':'" + type + "','message':'why','code':'code'";
        assertThat(FORMAT.json(error, "req_1"))
                .isEqualTo(quoted("{'type':'error','error':{" + inner + "},'request_id':'req_1'}"));
        assertThat(FORMAT.json(error.withDetails(Map.of("a", "b")), "req_1"))
                .isEqualTo(quoted("{'type':'error','error':{" + inner + ",'details':{'a':'b'}},'request_id':'req_1'}"));
    }

    @Test
    void promptThatIsTooLong_isSaidInTheWordsThatClientsLookFor() {
        ApiError error = ApiError.of(400, ApiError.INVALID, "context_length_exceeded", "at most 8,192 tokens");
        assertThat(FORMAT.json(error, "").toString()).contains("message=prompt is too long: at most 8,192 tokens,");
    }

    /** Sends a request and returns the whole response. */
    private String ask(String line, String headers, String body) throws Exception {
        String version = line.contains(" HTTP/") ? "" : " HTTP/1.1";
        String length = headers.contains("Transfer-Encoding") ? "" : "Content-Length: " + body.length() + "\r\n";
        String head = line + version + "\r\nHost: localhost\r\nConnection: close\r\n" + headers + length + "\r\n";
        try (Socket socket = running.send((head + body).getBytes(ISO_8859_1))) {
            return RunningGateway.readAll(socket);
        }
    }

    private static void assertError(String response, int status, String type, String words) {
        assertThat(response).startsWith("HTTP/1.1 " + status + " ");
        Map<String, Object> json = RunningGateway.json(response.substring(response.indexOf("\r\n\r\n")));
        assertThat(json).containsOnlyKeys("type", "error", "request_id").containsEntry("type", "error");
        assertThat(json.get("error"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsKeys("message", "code")
                .containsEntry("type", type)
                .extracting("message")
                .asString()
                .contains(words);
        assertThat(response).contains("request-id: " + json.get("request_id") + "\r\n");
        boolean mayPass = status == 429 || status >= 500;
        assertThat(response.contains("x-should-retry: false")).isEqualTo(!mayPass);
    }

    /** Also what is refused by its line and headers alone, by the page that it comes from, and by its path. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /v1/messages||not JSON|400|isn't valid JSON: see line 1, column ",
                "POST /v1/messages||{\"model\":\"fast\"}|400|messages",
                "POST /v1/messages||{\"messages\":[{\"role\":\"robot\"}]}|400|messages[0].role",
                "POST /v1/messages||{\"thread\":{\"type\":\"create\"}}|400|without 'thread'",
                "POST /v1/messages||{\"text\":\"\u00ff\"}|400|isn't UTF-8",
                "POST /v1/messages?beta=true|Content-Encoding: gzip|not gzip|400|isn't gzip, or is damaged",
                "POST /v1/messages|Content-Encoding: br|{}|415|send the body unpacked",
                "POST /v1/messages|x-whippletree-deadline: soon|HI|400|deadline",
                "POST /v1/messages|Transfer-Encoding: identity||400|must be 'chunked'",
                "POST /v1/messages?beta=true HTTP/9.9|||400|only HTTP/1.1",
                "POST /v1/messages/%FF|||400|must be UTF-8",
                "POST /v1/messages|Origin: https://example.com|HI|403|web pages",
                "POST /v1/messages/count_tokens||[]|400|isn't a JSON object",
                "POST /v1/messages/count_tokens||{\"messages\":[]}|400|messages",
                "GET /v1/messages|||405|takes POST",
                "GET /v1/messages/none|||404|not found",
                "POST /v1/messages/batches|||404|whippletree batch",
                "POST /v1/v1/messages|||404|without /v1",
                "POST /messages|||404|use /v1/messages",
                "POST /v1/messages||{\"model\":\"claude-9\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}|404|claude-9"
            })
    void badInput_isAnErrorOfMessages_andAsksNobody(
            String line, @Nullable String header, @Nullable String body, int status, String words) throws Exception {
        String response =
                ask(line, header == null ? "" : header + "\r\n", body == null ? "" : body.equals("HI") ? HI : body);
        String type = status == 404 ? "not_found_error" : status == 403 ? "permission_error" : "invalid_request_error";
        assertError(response, status, type, words);
        assertThat(response.contains("\"error_code\":\"thread_unsupported_request\""))
                .isEqualTo(words.contains("thread"));
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void keysAndLimits_haveItsTypes_andOtherPathsOpenAisFormat() throws Exception {
        reopen(RunningGateway.with(client("acme", KEY, "2 requests / 1h")));
        String key = "x-api-key: " + KEY + "\r\n";
        assertError(ask("POST /v1/messages", "", HI), 401, "authentication_error", "no key");
        assertError(ask("POST /v1/messages", "x-api-key: other\r\n", HI), 401, "authentication_error", "unknown key");
        for (String shown : List.of(key, "authorization: Bearer " + KEY + "\r\n")) {
            assertThat(ask("POST /v1/messages", shown, HI)).startsWith("HTTP/1.1 200 ");
        }
        String limited = ask("POST /v1/messages", key, HI);
        assertError(limited, 429, "rate_limit_error", "limit of 2 requests");
        assertThat(limited).containsPattern("Retry-After: 3[56]\\d\\d\r\n");
        for (String path : List.of("/v1/models", "/v1/messages-and-more", "/v1")) {
            assertThat(RunningGateway.json(running.get(path))).containsOnlyKeys("error");
        }
    }

    @Test
    void bodyBeyondTheBounds_isTooLarge_andMemoryThatOthersHoldAnOverload() throws Exception {
        reopen(RunningGateway.bounded(bounds -> bounds.withMostBodyBytes(1_000)));
        assertError(ask("POST /v1/messages", "", " ".repeat(1_001)), 413, "request_too_large", "at most 1000 bytes");
        reopen(RunningGateway.bounded(bounds -> bounds.withMemoryBytes(12_000)));
        assertError(ask("POST /v1/messages", "", " ".repeat(1_001)), 413, "request_too_large", "needs more memory");
        running.provider.usually(call -> {});
        try (Socket holder = running.send(RunningGateway.wire(HI))) {
            running.provider.call();
            assertThat(holder.isConnected()).isTrue();
            String busy = ask("POST /v1/messages", "", HI);
            assertError(busy, 529, "overloaded_error", "no memory left");
            assertThat(busy).contains("Retry-After: 2\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, 502, api_error, all attempts failed",
        "UNAUTHORIZED, 529, overloaded_error, no account can answer",
        "REJECTED, 400, invalid_request_error, no such thing"
    })
    void failedPrompt_hasItsType(FailureKind kind, int status, String type, String words) throws Exception {
        running.provider.usually(call -> call.fail(Failure.of(kind, "no such thing")));
        for (String body : List.of(HI, HI.replaceFirst("\\{", "{\"stream\":true,"))) {
            assertError(ask("POST /v1/messages", "", body), status, type, words);
        }
    }

    @Test
    void streamThatBreaksOff_endsWithAnErrorThatNamesItsRequest() throws Exception {
        running.provider.usually(call -> {});
        String wire = RunningGateway.wire(HI.replaceFirst("\\{", "{\"stream\":true,"))
                .replace("/v1/chat/completions", "/v1/messages")
                .replaceFirst("\r\n", "\r\nConnection: close\r\n");
        try (Socket socket = running.send(wire)) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Hel"));
            String begun = RunningGateway.readUntil(socket, "Hel");
            String id = begun.replaceFirst("(?s).*\r\nrequest-id: (req_[0-9a-f]+)\r\n.*", "$1");
            call.fail(Failure.of(FailureKind.REJECTED, "changed its mind"));
            assertThat(RunningGateway.readAll(socket))
                    .contains("event: error\ndata: {\"type\":\"error\",\"error\":{", "\"request_id\":\"" + id + "\"")
                    .doesNotContain("message_stop");
        }
    }

    @Test
    void gatewayThatIsClosing_isAnOverload_andAPassedDeadlineAnErrorOfTheServer() throws Exception {
        running.provider.usually(call -> {});
        String soon = "x-whippletree-deadline: 50ms\r\n";
        assertError(ask("POST /v1/messages", soon, HI), 504, "api_error", "no answer within");
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return ask("POST /v1/messages", "", HI.replace("Hi", "Ho"));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        while (running.whippletree.status().prompts().submitted() < 2) {
            Thread.onSpinWait();
        }
        running.gateway.close(Duration.ZERO);
        assertError(answer.join(), 529, "overloaded_error", "shutting down");
    }
}
