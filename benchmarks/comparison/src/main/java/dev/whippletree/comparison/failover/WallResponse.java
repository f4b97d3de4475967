package dev.whippletree.comparison.failover;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** A response of the wall. Confined to one thread. */
final class WallResponse {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int PROMPT_TOKENS = 16;

    private final OutputStream out;
    private final String model;

    WallResponse(OutputStream out, String model) {
        this.out = out;
        this.model = model;
    }

    void error(int status, String code, boolean retryAfter) throws IOException {
        String type = status < 500 ? "invalid_request_error" : "server_error";
        write(
                status,
                retryAfter ? "Retry-After: " + FailoverScenario.RETRY_AFTER.toSeconds() + "\r\n" : "",
                Map.of("error", Map.of("message", message(code), "type", type, "code", code)));
    }

    /** Some clients know an error by its words alone. */
    private static String message(String code) {
        return switch (code) {
            case "context_length_exceeded" ->
                "This model's maximum context length is 8192 tokens, and your messages"
                        + " have 9631. Please reduce the length of the messages.";
            case "content_policy_violation" -> "Your request was rejected by our safety system.";
            case "invalid_prefill" ->
                "This model doesn't support assistant message prefill: the conversation must end"
                        + " with a user message.";
            default -> "scripted: " + code.replace('_', ' ');
        };
    }

    void whole(List<String> tokens) throws IOException {
        Map<String, Object> answer = head("chat.completion");
        Map<String, Object> message = Map.of("role", "assistant", "content", String.join("", tokens));
        answer.put("choices", List.of(Map.of("index", 0, "message", message, "finish_reason", "stop")));
        answer.put("usage", usage(tokens.size()));
        write(200, "", answer);
    }

    private void write(int status, String more, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        write(headers(status, "application/json") + more + "Content-Length: " + bytes.length + "\r\n\r\n");
        out.write(bytes);
        out.flush();
    }

    /** Returns whether the connection may be used again. */
    boolean stream(List<String> tokens, boolean usage, Optional<FailoverScenario> scenario)
            throws IOException, InterruptedException {
        write(headers(200, "text/event-stream") + "Transfer-Encoding: chunked\r\n\r\n");
        if (scenario.equals(Optional.of(FailoverScenario.SLOW))) {
            Thread.sleep(FailoverScenario.FIRST_TOKEN.toMillis());
        }
        event(piece(Map.of("role", "assistant", "content", "")));
        for (int token = 0; token < tokens.size(); token++) {
            if (scenario.isPresent() && breaksBefore(token, scenario.get())) {
                return false;
            }
            event(piece(Map.of("content", tokens.get(token))));
            Thread.sleep(FailoverScenario.BETWEEN_TOKENS.toMillis());
        }
        event(piece(Map.of(), "stop"));
        if (usage) {
            Map<String, Object> last = head("chat.completion.chunk");
            last.put("choices", List.of());
            last.put("usage", usage(tokens.size()));
            event(JSON.writeValueAsString(last));
        }
        if (!scenario.equals(Optional.of(FailoverScenario.WITHOUT_DONE))) {
            event("[DONE]");
        }
        write("0\r\n\r\n");
        return true;
    }

    /** Lets happen what the scenario has for this place; returns whether the stream ends there. */
    private boolean breaksBefore(int token, FailoverScenario scenario) throws IOException, InterruptedException {
        switch (scenario) {
            case CUT, CUT_WITHOUT_PREFILL -> {
                return token == FailoverScenario.CUT_AFTER;
            }
            case STALLED -> {
                if (token == FailoverScenario.STALLED_AFTER) {
                    Thread.sleep(FailoverScenario.STALL.toMillis());
                    return true;
                }
            }
            case MALFORMED -> {
                if (token == FailoverScenario.MALFORMED_AFTER) {
                    event("{\"object\": \"chat.completion.chunk\", \"choices\": [{\"delta\": {\"content\": ");
                }
            }
            default -> {}
        }
        return false;
    }

    private String piece(Map<String, String> delta) {
        return piece(delta, JSON.nullNode());
    }

    private String piece(Map<String, String> delta, Object finish) {
        Map<String, Object> chunk = head("chat.completion.chunk");
        chunk.put("choices", List.of(Map.of("index", 0, "delta", delta, "finish_reason", finish)));
        return JSON.writeValueAsString(chunk);
    }

    private Map<String, Object> head(String object) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("id", "chatcmpl-wall");
        head.put("object", object);
        head.put("created", System.currentTimeMillis() / 1000);
        head.put("model", model);
        return head;
    }

    private static Map<String, Integer> usage(int tokens) {
        return Map.of(
                "prompt_tokens", PROMPT_TOKENS, "completion_tokens", tokens, "total_tokens", PROMPT_TOKENS + tokens);
    }

    private void event(String data) throws IOException {
        byte[] event = ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
        write(Integer.toHexString(event.length) + "\r\n");
        out.write(event);
        write("\r\n");
        out.flush();
    }

    private static String headers(int status, String type) {
        return "HTTP/1.1 " + status + " Scripted\r\nContent-Type: " + type + "\r\n";
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
