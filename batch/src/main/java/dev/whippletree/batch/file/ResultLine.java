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
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * A line of an output file in the format of OpenAI's batches, with {@code whippletree} added: the source of the
 * answer, and the digest of its input. Immutable.
 *
 * @param id the item's id
 * @param fingerprint of the item's input
 * @param key of what was asked; empty: none
 * @param json the whole line
 */
record ResultLine(String id, String fingerprint, String key, JsonNode json) {

    private static final int OK = 200;

    /** Reads a line; empty if it isn't one. */
    static Optional<ResultLine> read(String text) {
        return JsonObjects.tree(text)
                .filter(json -> json.path("custom_id").isString() && json.has("response") && json.has("error"))
                .map(json -> new ResultLine(
                        json.path("custom_id").stringValue(),
                        json.at("/whippletree/input").stringValue(""),
                        json.at("/whippletree/key").stringValue(""),
                        json));
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
        JsonNode body = json.at("/response/body");
        JsonNode choice = body.at("/choices/0");
        if (json.at("/response/status_code").intValue(0) != OK || choice.isMissingNode()) {
            return Optional.empty();
        }
        JsonNode message = choice.path("message");
        Origin origin = new Origin(
                Origin.Source.CACHE,
                json.at("/whippletree/account").stringValue(""),
                body.path("model").stringValue(""),
                0,
                Duration.ZERO,
                Optional.empty());
        return Optional.of(new Completion(
                message.path("content").stringValue(""),
                message.path("reasoning").stringValueOpt(),
                message.path("tool_calls")
                        .valueStream()
                        .map(ResultLine::toolCall)
                        .toList(),
                finishReason(choice.path("finish_reason").stringValue("")),
                usage(body.path("usage")),
                origin));
    }

    private static FinishReason finishReason(String name) {
        return Arrays.stream(FinishReason.values())
                .filter(reason -> reason.wireName().equals(name))
                .findFirst()
                .orElse(FinishReason.STOP);
    }

    private static Optional<TokenUsage> usage(JsonNode usage) {
        JsonNode prompt = usage.path("prompt_tokens");
        JsonNode completion = usage.path("completion_tokens");
        return prompt.isNumber() && completion.isNumber()
                ? Optional.of(TokenUsage.of(prompt.longValue(), completion.longValue()))
                : Optional.empty();
    }

    private static ToolCall toolCall(JsonNode call) {
        return new ToolCall(
                call.path("id").stringValue(""),
                call.at("/function/name").stringValue(""),
                call.at("/function/arguments").stringValue(""));
    }

    /** Returns what a failed line says of why. */
    String problem() {
        JsonNode error = json.path("error");
        return (error.isObject() ? error : json.at("/response/body/error"))
                .path("message")
                .stringValue("");
    }
}
