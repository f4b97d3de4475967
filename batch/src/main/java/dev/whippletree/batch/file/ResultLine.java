package dev.whippletree.batch.file;

import dev.whippletree.batch.BatchResult;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A line of an output file in the format of OpenAI's batches, with {@code whippletree} added: the source of the
 * answer, and the digest of its input. Immutable.
 *
 * @param id the item's id
 * @param fingerprint of the item's input
 * @param json the whole line
 */
record ResultLine(String id, String fingerprint, Map<String, Object> json) {

    private static final int OK = 200;
    private static final int NOTHING = 500;

    /** Reads a line; empty if it isn't one. */
    static Optional<ResultLine> read(String text) {
        return JsonObjects.object(text).flatMap(json -> {
            if (json.get("custom_id") instanceof String id
                    && json.containsKey("response")
                    && json.containsKey("error")) {
                Object fingerprint = map(json.get("whippletree")).get("input");
                return Optional.of(new ResultLine(id, String.valueOf(fingerprint), json));
            }
            return Optional.empty();
        });
    }

    /** Returns a result as a line, with its end. */
    static byte[] write(BatchResult result, Instant now) {
        byte[] json = JsonObjects.bytes(tree(result, now));
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private static Map<String, Object> tree(BatchResult result, Instant now) {
        String request = "batch_req_" + Digests.brief(result.id());
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("id", request);
        line.put("custom_id", result.id());
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("input", result.item().fingerprint());
        if (result instanceof BatchResult.Answered answered) {
            line.put("response", response(OK, request, body(answered.completion(), request, now)));
            line.put("error", null);
            own.putAll(origin(answered.completion().origin()));
        } else if (result instanceof BatchResult.Failed failed) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("code", failed.kind());
            error.put("message", failed.message());
            boolean told = failed.status().isPresent();
            line.put(
                    "response",
                    told ? response(failed.status().orElse(NOTHING), request, Map.of("error", error)) : null);
            line.put("error", told ? null : error);
        }
        line.put("whippletree", own);
        return new LinkedHashMap<>(line);
    }

    private static Map<String, Object> response(int status, String request, Map<String, Object> body) {
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("status_code", status);
        response.put("request_id", request);
        response.put("body", body);
        return response;
    }

    private static Map<String, Object> body(Completion completion, String request, Instant now) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", "assistant");
        message.put("content", completion.isEmpty() || !completion.text().isEmpty() ? completion.text() : null);
        completion.reasoning().ifPresent(thought -> message.put("reasoning", thought));
        if (!completion.toolCalls().isEmpty()) {
            message.put(
                    "tool_calls",
                    completion.toolCalls().stream().map(ResultLine::toolCall).toList());
        }
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", 0);
        choice.put("message", message);
        choice.put("logprobs", null);
        choice.put("finish_reason", completion.finishReason().wireName());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", "chatcmpl-" + request);
        body.put("object", "chat.completion");
        body.put("created", now.getEpochSecond());
        body.put("model", completion.origin().model());
        body.put("choices", List.of(choice));
        completion.usage().ifPresent(usage -> body.put("usage", usage(usage)));
        return body;
    }

    private static Map<String, Object> toolCall(ToolCall call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", call.id());
        json.put("type", "function");
        json.put("function", Map.of("name", call.name(), "arguments", call.arguments()));
        return json;
    }

    private static Map<String, Object> usage(TokenUsage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prompt_tokens", usage.promptTokens());
        json.put("completion_tokens", usage.completionTokens());
        json.put("total_tokens", usage.total());
        json.put("prompt_tokens_details", Map.of("cached_tokens", usage.cachedPromptTokens()));
        json.put("completion_tokens_details", Map.of("reasoning_tokens", usage.reasoningTokens()));
        return json;
    }

    private static Map<String, Object> origin(Origin origin) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("source", origin.source().name().toLowerCase(Locale.ROOT));
        json.put("account", origin.account());
        json.put("attempts", origin.attempts());
        json.put("waited_ms", origin.waited().toMillis());
        return json;
    }

    /** Returns the answer, as far as the line tells it; empty if it is a failure. */
    Optional<Completion> completion() {
        Map<String, Object> response = map(json.get("response"));
        Map<String, Object> body = map(response.get("body"));
        if (!Integer.valueOf(OK).equals(response.get("status_code"))
                || !(body.get("choices") instanceof List<?> choices)
                || choices.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> choice = map(choices.get(0));
        Map<String, Object> message = map(choice.get("message"));
        Map<String, Object> own = map(json.get("whippletree"));
        Origin origin = new Origin(
                Origin.Source.CACHE,
                String.valueOf(own.getOrDefault("account", "")),
                String.valueOf(body.get("model")),
                0,
                Duration.ZERO,
                Optional.empty());
        return Optional.of(new Completion(
                message.get("content") instanceof String text ? text : "",
                Optional.ofNullable(message.get("reasoning")).map(String::valueOf),
                toolCalls(message.get("tool_calls")),
                finishReason(choice.get("finish_reason")),
                usage(body.get("usage")),
                origin));
    }

    private static FinishReason finishReason(@Nullable Object name) {
        for (FinishReason reason : FinishReason.values()) {
            if (reason.wireName().equals(name)) {
                return reason;
            }
        }
        return FinishReason.STOP;
    }

    private static Optional<TokenUsage> usage(@Nullable Object json) {
        Map<String, Object> usage = map(json);
        return usage.get("prompt_tokens") instanceof Number prompt
                        && usage.get("completion_tokens") instanceof Number completion
                ? Optional.of(TokenUsage.of(prompt.longValue(), completion.longValue()))
                : Optional.empty();
    }

    private static List<ToolCall> toolCalls(@Nullable Object json) {
        List<ToolCall> calls = new ArrayList<>();
        if (json instanceof List<?> list) {
            for (Object entry : list) {
                Map<String, Object> call = map(entry);
                Map<String, Object> function = map(call.get("function"));
                calls.add(new ToolCall(
                        String.valueOf(call.get("id")),
                        String.valueOf(function.get("name")),
                        String.valueOf(function.get("arguments"))));
            }
        }
        return calls;
    }

    /** Returns what a failed line says of why. */
    String problem() {
        Map<String, Object> error = map(json.get("error"));
        return error.isEmpty()
                ? String.valueOf(map(map(map(json.get("response")).get("body")).get("error"))
                        .get("message"))
                : String.valueOf(error.get("message"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
