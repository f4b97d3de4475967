package dev.whippletree.batch.file;

import dev.whippletree.batch.BatchResult;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A line of an output file in the format of OpenAI's batches, with {@code whippletree} added: the source of the
 * answer, and the digest of its input. Immutable.
 *
 * @param id the item's id
 * @param fingerprint of the item's input
 * @param key of what was asked; empty: none
 * @param json the whole line
 */
record ResultLine(String id, String fingerprint, String key, Map<String, Object> json) {

    private static final int OK = 200;

    /** Reads a line; empty if it isn't one. */
    static Optional<ResultLine> read(String text) {
        return JsonObjects.object(text).flatMap(json -> {
            if (json.get("custom_id") instanceof String id
                    && json.containsKey("response")
                    && json.containsKey("error")) {
                Map<String, Object> own = map(json.get("whippletree"));
                String key = String.valueOf(own.getOrDefault("key", ""));
                return Optional.of(new ResultLine(id, String.valueOf(own.get("input")), key, json));
            }
            return Optional.empty();
        });
    }

    /** Writes a result as a line, with its end. It is written field by field: a tree of it would take twice as long. */
    static void write(BatchResult result, Instant now, OutputStream stream) {
        String request = "batch_req_" + Digests.brief(result.id());
        try (JsonGenerator json = JsonObjects.generator(stream)) {
            json.writeStartObject();
            json.writeStringProperty("id", request);
            json.writeStringProperty("custom_id", result.id());
            if (result instanceof BatchResult.Answered answered) {
                startResponse(json, OK, request);
                body(json, answered.completion(), request, now);
                json.writeEndObject();
                json.writeNullProperty("error");
            } else if (result instanceof BatchResult.Failed failed) {
                failure(json, failed, request);
            }
            json.writeObjectPropertyStart("whippletree");
            json.writeStringProperty("input", result.item().fingerprint());
            if (result instanceof BatchResult.Answered answered) {
                json.writeStringProperty("key", answered.key());
                origin(json, answered.completion().origin());
            }
            json.writeEndObject();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void startResponse(JsonGenerator json, int status, String request) {
        json.writeObjectPropertyStart("response");
        json.writeNumberProperty("status_code", status);
        json.writeStringProperty("request_id", request);
        json.writeObjectPropertyStart("body");
    }

    /** What the service said stands in its response; what it didn't say beside it. */
    private static void failure(JsonGenerator json, BatchResult.Failed failed, String request) {
        boolean told = failed.status().isPresent();
        if (told) {
            startResponse(json, failed.status().getAsInt(), request);
        } else {
            json.writeNullProperty("response");
        }
        json.writeObjectPropertyStart("error");
        json.writeStringProperty("code", failed.kind());
        json.writeStringProperty("message", failed.message());
        json.writeEndObject();
        if (told) {
            json.writeEndObject();
            json.writeEndObject();
            json.writeNullProperty("error");
        }
    }

    private static void body(JsonGenerator json, Completion completion, String request, Instant now) {
        json.writeStringProperty("id", "chatcmpl-" + request);
        json.writeStringProperty("object", "chat.completion");
        json.writeNumberProperty("created", now.getEpochSecond());
        json.writeStringProperty("model", completion.origin().model());
        json.writeArrayPropertyStart("choices");
        json.writeStartObject();
        json.writeNumberProperty("index", 0);
        message(json, completion);
        json.writeNullProperty("logprobs");
        json.writeStringProperty("finish_reason", completion.finishReason().wireName());
        json.writeEndObject();
        json.writeEndArray();
        completion.usage().ifPresent(usage -> usage(json, usage));
        json.writeEndObject();
    }

    private static void message(JsonGenerator json, Completion completion) {
        json.writeObjectPropertyStart("message");
        json.writeStringProperty("role", "assistant");
        boolean silent = completion.text().isEmpty() && !completion.isEmpty();
        json.writeStringProperty("content", silent ? null : completion.text());
        completion.reasoning().ifPresent(thought -> json.writeStringProperty("reasoning", thought));
        if (!completion.toolCalls().isEmpty()) {
            json.writeArrayPropertyStart("tool_calls");
            completion.toolCalls().forEach(call -> toolCall(json, call));
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void toolCall(JsonGenerator json, ToolCall call) {
        json.writeStartObject();
        json.writeStringProperty("id", call.id());
        json.writeStringProperty("type", "function");
        json.writeObjectPropertyStart("function");
        json.writeStringProperty("name", call.name());
        json.writeStringProperty("arguments", call.arguments());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void usage(JsonGenerator json, TokenUsage usage) {
        json.writeObjectPropertyStart("usage");
        json.writeNumberProperty("prompt_tokens", usage.promptTokens());
        json.writeNumberProperty("completion_tokens", usage.completionTokens());
        json.writeNumberProperty("total_tokens", usage.total());
        json.writeObjectPropertyStart("prompt_tokens_details");
        json.writeNumberProperty("cached_tokens", usage.cachedPromptTokens());
        json.writeEndObject();
        json.writeObjectPropertyStart("completion_tokens_details");
        json.writeNumberProperty("reasoning_tokens", usage.reasoningTokens());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void origin(JsonGenerator json, Origin origin) {
        json.writeStringProperty("source", origin.source().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("account", origin.account());
        json.writeNumberProperty("attempts", origin.attempts());
        json.writeNumberProperty("waited_ms", origin.waited().toMillis());
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
