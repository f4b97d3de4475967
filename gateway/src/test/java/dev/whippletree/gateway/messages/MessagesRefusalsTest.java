package dev.whippletree.gateway.messages;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over real sockets: every error under the path of Messages, wherever it comes from, is one of Messages. */
final class MessagesRefusalsTest {

    private static final String KEY = "key-of-acme-0123456789";
    private static final String HI =
            "{\"model\":\"fast\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    private RunningGateway running = RunningGateway.open();

    @AfterEach
    void close() {
        running.close();
    }

    private void reopen(GatewaySettings settings) {
        running.close();
        running = new RunningGateway(settings);
    }

    /** Sends a request and returns the whole response. */
    private String ask(String line, String headers, String body) throws Exception {
        String head = line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers;
        String length = "Content-Length: " + body.length() + "\r\n\r\n";
        try (Socket socket = running.send((head + length + body).getBytes(ISO_8859_1))) {
            return RunningGateway.readAll(socket);
        }
    }

    private static void assertError(String response, int status, String type, String words) {
        assertThat(response).startsWith("HTTP/1.1 " + status + " ");
        Map<String, Object> json = RunningGateway.json(response.substring(response.indexOf("\r\n\r\n")));
        assertThat(json).containsOnlyKeys("type", "error", "request_id").containsEntry("type", "error");
        assertThat(json.get("error"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsOnlyKeys("type", "message", "code")
                .containsEntry("type", type)
                .extracting("message")
                .asString()
                .contains(words);
        assertThat(response).contains("request-id: " + json.get("request_id") + "\r\n");
        boolean mayPass = status == 429 || status >= 500;
        assertThat(response.contains("x-should-retry: false")).isEqualTo(!mayPass);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /v1/messages||not JSON|400|isn't a JSON object",
                "POST /v1/messages||{\"model\":\"fast\"}|400|messages",
                "POST /v1/messages||{\"text\":\"\u00ff\"}|400|isn't UTF-8",
                "POST /v1/messages?beta=true|Content-Encoding: gzip|not gzip|400|isn't gzip, or is damaged",
                "POST /v1/messages|Content-Encoding: br|{}|415|send the body unpacked",
                "POST /v1/messages|x-whippletree-deadline: soon|{\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}|400|deadline",
                "POST /v1/messages/count_tokens||[]|400|isn't a JSON object",
                "GET /v1/messages|||405|takes POST",
                "POST /v1/messages/batches|||404|whippletree batch",
                "POST /v1/v1/messages|||404|without /v1",
                "POST /messages|||404|use /v1/messages",
            })
    void badInput_isAnErrorOfMessages(String line, String header, String body, int status, String words)
            throws Exception {
        String headers = header == null ? "" : header + "\r\n";
        String response = ask(line, headers, body == null ? "" : body);
        assertError(response, status, status == 404 ? "not_found_error" : "invalid_request_error", words);
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void unknownModel_isNotFound() throws Exception {
        assertError(ask("POST /v1/messages", "", HI.replace("fast", "claude-9")), 404, "not_found_error", "claude-9");
    }

    @Test
    void keysAndLimits_haveItsTypes() throws Exception {
        reopen(GatewaySettings.DEFAULT.withClients(
                List.of(new GatewaySettings.Client("acme", Secret.of(KEY), List.of(Limit.parse("1 requests / 1h")))),
                Optional.empty()));
        String key = "x-api-key: " + KEY + "\r\n";
        assertError(ask("POST /v1/messages", "", HI), 401, "authentication_error", "x-api-key");
        assertError(ask("POST /v1/messages", "x-api-key: other\r\n", HI), 401, "authentication_error", "unknown key");
        assertThat(ask("POST /v1/messages", key, HI)).startsWith("HTTP/1.1 200 ");
        String limited = ask("POST /v1/messages", key, HI);
        assertError(limited, 429, "rate_limit_error", "limit of 1 requests");
        assertThat(limited).containsPattern("Retry-After: 3[56]\\d\\d\r\n");
    }

    @Test
    void bodyBeyondTheBounds_isTooLarge() throws Exception {
        reopen(GatewaySettings.DEFAULT.withBounds(GatewaySettings.Bounds.DEFAULT.withMostBodyBytes(1_000)));
        assertError(ask("POST /v1/messages", "", " ".repeat(1_001)), 413, "request_too_large", "at most 1000 bytes");
        reopen(GatewaySettings.DEFAULT.withBounds(GatewaySettings.Bounds.DEFAULT.withMemoryBytes(10_000)));
        assertError(ask("POST /v1/messages", "", " ".repeat(1_001)), 413, "request_too_large", "needs more memory");
    }

    @Test
    void memoryThatOthersHold_isAnOverload() throws Exception {
        reopen(GatewaySettings.DEFAULT.withBounds(GatewaySettings.Bounds.DEFAULT.withMemoryBytes(12_000)));
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
        "REJECTED, 400, invalid_request_error, no such thing",
        "FILTERED, 400, invalid_request_error, no such thing"
    })
    void failedPrompt_hasItsType(FailureKind kind, int status, String type, String words) throws Exception {
        running.provider.usually(call -> call.fail(Failure.of(kind, "no such thing")));
        for (String body : List.of(HI, HI.replaceFirst("\\{", "{\"stream\":true,"))) {
            assertError(ask("POST /v1/messages", "", body), status, type, words);
        }
    }

    @Test
    void streamThatBreaksOff_namesItsRequest() throws Exception {
        running.provider.usually(call -> {});
        String wire = RunningGateway.wire(HI.replaceFirst("\\{", "{\"stream\":true,"))
                .replace("/v1/chat/completions", "/v1/messages");
        try (Socket socket = running.send(wire)) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Hel"));
            String begun = RunningGateway.readUntil(socket, "Hel");
            String id = begun.replaceFirst("(?s).*\r\nrequest-id: (req_[0-9a-f]+)\r\n.*", "$1");
            call.fail(Failure.of(FailureKind.REJECTED, "changed its mind"));
            String told = "\"request_id\":\"" + id + "\"";
            assertThat(RunningGateway.readUntil(socket, told)).contains("event: error", told);
        }
    }

    @Test
    void passedDeadline_isAnError() throws Exception {
        running.provider.usually(call -> {});
        assertError(
                ask("POST /v1/messages", "x-whippletree-deadline: 50ms\r\n", HI), 504, "api_error", "no answer within");
    }

    @Test
    void gatewayThatIsClosing_isAnOverload() throws Exception {
        running.provider.usually(call -> {});
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return ask("POST /v1/messages", "", HI);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        running.provider.call();
        running.gateway.close(Duration.ZERO);
        assertError(answer.join(), 529, "overloaded_error", "shutting down");
    }
}
