package dev.whippletree.gateway.messages;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.model.Secret;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MessagesErrorsTest {

    private static final MessagesErrors FORMAT = new MessagesErrors();

    @ParameterizedTest
    @CsvSource({
        "400, 400, invalid_request_error",
        "401, 401, authentication_error",
        "403, 403, permission_error",
        "404, 404, not_found_error",
        "405, 405, invalid_request_error",
        "413, 413, request_too_large",
        "415, 415, invalid_request_error",
        "422, 422, invalid_request_error",
        "429, 429, rate_limit_error",
        "500, 500, api_error",
        "502, 502, api_error",
        "503, 529, overloaded_error",
        "504, 504, api_error",
    })
    void statusAndType_areAnthropics(int ours, int status, String type) {
        ApiError error = ApiError.of(ours, ApiError.SERVER, "code", "why");
        assertThat(FORMAT.status(error)).isEqualTo(status);
        assertThat(FORMAT.json(error, "req_1"))
                .isEqualTo(Map.of(
                        "type",
                        "error",
                        "error",
                        Map.of("type", type, "message", "why", "code", "code"),
                        "request_id",
                        "req_1"));
    }

    @Test
    void details_areInTheError() {
        Map<String, Object> details =
                Map.of("error_code", "thread_unsupported_request", "unsupported", List.of("thread"));
        ApiError error = ApiError.wrong("thread", "no threads here").withDetails(details);
        assertThat(FORMAT.json(error, "req_1"))
                .extracting("error")
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("message", "no threads here")
                .containsEntry("details", details);
    }

    @Test
    void promptThatIsTooLong_isSaidInTheWordsThatClientsLookFor() {
        ApiError error = ApiError.of(400, ApiError.INVALID, "context_length_exceeded", "at most 8,192 tokens");
        assertThat(FORMAT.json(error, ""))
                .extracting("error")
                .extracting("message")
                .isEqualTo("prompt is too long: at most 8,192 tokens");
    }

    /** Refused by the line and the headers alone, by the page that it comes from, by its key, and by its path. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "400 invalid_request_error|POST /v1/messages HTTP/1.1|Transfer-Encoding: identity",
                "400 invalid_request_error|POST /v1/messages?beta=true HTTP/9.9|Content-Length: 0",
                "400 invalid_request_error|POST /v1/messages/%FF HTTP/1.1|Content-Length: 0",
                "403 permission_error|POST /v1/messages HTTP/1.1|Origin: https://example.com",
                "404 not_found_error|GET /v1/messages/none HTTP/1.1|Accept: */*",
            })
    void refusal_isInThatFormat_howeverEarly(String caseOf) throws Exception {
        String[] parts = caseOf.split("\\|");
        try (RunningGateway running = RunningGateway.open();
                Socket socket = running.send(
                        parts[1] + "\r\nHost: localhost\r\n" + parts[2] + "\r\nConnection: close\r\n\r\n")) {
            String response = RunningGateway.readAll(socket);
            Map<String, Object> json = RunningGateway.json(response.substring(response.indexOf("\r\n\r\n")));
            assertThat(response).startsWith("HTTP/1.1 " + parts[0].substring(0, 4));
            assertThat(json).containsEntry("type", "error");
            assertThat(json).extracting("error").extracting("type").isEqualTo(parts[0].substring(4));
            assertThat(response)
                    .contains("request-id: " + requireNonNull(json.get("request_id")))
                    .contains("x-should-retry: false");
        }
    }

    @Test
    void otherPaths_haveOpenAisFormat() throws Exception {
        try (RunningGateway running = new RunningGateway(GatewaySettings.DEFAULT.withClients(
                List.of(new GatewaySettings.Client("acme", Secret.of("key-of-acme-0123"), List.of())),
                Optional.empty()))) {
            for (String path : List.of("/v1/models", "/v1/messages-and-more", "/v1")) {
                assertThat(RunningGateway.json(running.get(path))).containsOnlyKeys("error");
            }
        }
    }
}
