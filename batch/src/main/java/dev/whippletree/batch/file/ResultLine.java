package dev.whippletree.batch.file;

import dev.whippletree.batch.BatchResult;
import dev.whippletree.chat.ChatUsage;
import dev.whippletree.chat.FurtherChoices;
import dev.whippletree.chat.ReasoningNames;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    private static final String FUNCTION_CALL = "function_call";
    private static final String DATA = "data";
    private static final String EMBEDDING = "embedding";
    private static final Set<String> OF_BODY = Set.of("id", "object", "created", "model", "choices", "usage");
    private static final Set<String> OF_CALL = Set.of("id", "type", "function", "custom");
    private static final Set<String> OF_CHOICE = Set.of("index", "message", "finish_reason");
    private static final Set<String> OF_MESSAGE = Stream.concat(
                    ReasoningNames.ALL.stream(), Stream.of("role", "content", "refusal", "tool_calls", FUNCTION_CALL))
            .collect(Collectors.toUnmodifiableSet());

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

    /** Reads the line that was just read of a file; empty if it isn't one. */
    static Optional<ResultLine> read(Lines line) {
        try {
            return read(line.text());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes a result as a line, with its end. It is written field by field: a tree of it would take twice as long.
     *
     * @param batch tells its batch from others, whose lines may have the same ids
     */
    static void write(String batch, BatchResult result, Instant now, OutputStream stream) {
        String request = "batch_req_" + Digests.brief(batch + '\0' + result.id());
        try (JsonGenerator json = JsonObjects.generator(stream)) {
            json.writeStartObject();
            json.writeStringProperty("id", request);
            json.writeStringProperty("custom_id", result.id());
            if (result instanceof BatchResult.Answered answered) {
                startResponse(json, OK, request);
                if (answered.item().prompt().operation() == Prompt.Operation.EMBEDDING) {
                    vectors(json, answered.embeddings());
                } else {
                    body(json, answered, request, now);
                }
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

    /**
     * What the service refused stands in its response; anything else beside it, such as an answer of success that can't
     * be read.
     */
    private static void failure(JsonGenerator json, BatchResult.Failed failed, String request) {
        boolean told = failed.status().orElse(OK) / 100 != OK / 100;
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

    private static void vectors(JsonGenerator json, Embeddings vectors) {
        json.writeStringProperty("object", "list");
        json.writeArrayPropertyStart(DATA);
        for (int index = 0; index < vectors.all().size(); index++) {
            json.writeStartObject();
            json.writeStringProperty("object", EMBEDDING);
            json.writeNumberProperty("index", index);
            json.writeArrayPropertyStart(EMBEDDING);
            for (float number : vectors.all().get(index).vector()) {
                json.writeNumber(number);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringProperty("model", vectors.origin().model());
        json.writeObjectPropertyStart("usage");
        json.writeNumberProperty("prompt_tokens", vectors.usage().promptTokens());
        json.writeNumberProperty("total_tokens", vectors.usage().promptTokens());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void body(JsonGenerator json, BatchResult.Answered answered, String request, Instant now) {
        Completion completion = answered.completion();
        AnswerExtras extras = completion.extras();
        json.writeStringProperty("id", "chatcmpl-" + request);
        json.writeStringProperty("object", "chat.completion");
        json.writeNumberProperty("created", now.getEpochSecond());
        json.writeStringProperty("model", completion.origin().model());
        json.writeArrayPropertyStart("choices");
        json.writeStartObject();
        json.writeNumberProperty("index", 0);
        boolean legacy = answered.item().prompt().parameters().extras().containsKey("functions")
                && completion.toolCalls().size() == 1;
        message(json, completion, legacy);
        if (!extras.choice().containsKey("logprobs")) {
            json.writeNullProperty("logprobs");
        }
        write(json, extras.choice(), OF_CHOICE);
        boolean calls = legacy && completion.finishReason() == FinishReason.TOOL_CALLS;
        json.writeStringProperty(
                "finish_reason",
                calls ? FUNCTION_CALL : completion.finishReason().wireName());
        json.writeEndObject();
        FurtherChoices.of(extras).forEach(json::writePOJO);
        json.writeEndArray();
        Map<String, Object> usage = ChatUsage.of(completion.usage(), extras);
        if (!usage.isEmpty()) {
            json.writePOJOProperty("usage", usage);
        }
        write(json, extras.answer(), OF_BODY);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Map<String, Object> fields, Set<String> except) {
        fields.forEach((name, value) -> {
            if (!except.contains(name)) {
                json.writePOJOProperty(name, value);
            }
        });
    }

    private static void message(JsonGenerator json, Completion completion, boolean legacy) {
        json.writeObjectPropertyStart("message");
        json.writeStringProperty("role", "assistant");
        boolean silent = completion.text().isEmpty() && !completion.isEmpty();
        json.writeStringProperty("content", silent ? null : completion.text());
        completion.reasoning().ifPresent(thought -> ReasoningNames.of(thought).forEach(json::writeStringProperty));
        json.writeStringProperty("refusal", completion.refusal().orElse(null));
        if (legacy) {
            tool(json, FUNCTION_CALL, completion.toolCalls().get(0));
        } else if (!completion.toolCalls().isEmpty()) {
            json.writeArrayPropertyStart("tool_calls");
            completion.toolCalls().forEach(call -> toolCall(json, call));
            json.writeEndArray();
        }
        write(json, completion.extras().message(), OF_MESSAGE);
        json.writeEndObject();
    }

    private static void toolCall(JsonGenerator json, ToolCall call) {
        json.writeStartObject();
        json.writeStringProperty("id", call.id());
        String type = call.type().name().toLowerCase(Locale.ROOT);
        json.writeStringProperty("type", type);
        tool(json, type, call);
        write(json, call.extras(), OF_CALL);
        json.writeEndObject();
    }

    private static void tool(JsonGenerator json, String field, ToolCall call) {
        json.writeObjectPropertyStart(field);
        json.writeStringProperty("name", call.name());
        json.writeStringProperty(call.type() == ToolCall.Type.CUSTOM ? "input" : "arguments", call.arguments());
        json.writeEndObject();
    }

    private static void origin(JsonGenerator json, Origin origin) {
        json.writeStringProperty("source", origin.source().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("account", origin.account());
        json.writeNumberProperty("attempts", origin.attempts());
        json.writeNumberProperty("waited_ms", origin.waited().toMillis());
    }

    /** Returns the tokens of the answer, in whatever form it is written; none if it says nothing of them. */
    TokenUsage used() {
        JsonNode usage = json.at("/response/body/usage");
        return new TokenUsage(
                count(usage, "/prompt_tokens", "/input_tokens"),
                count(usage, "/completion_tokens", "/output_tokens"),
                count(usage, "/prompt_tokens_details/cached_tokens", "/input_tokens_details/cached_tokens"),
                count(usage, "/completion_tokens_details/reasoning_tokens", "/output_tokens_details/reasoning_tokens"));
    }

    private static long count(JsonNode usage, String ofChats, String ofResponses) {
        return Math.max(0, usage.at(ofChats).longValue(usage.at(ofResponses).longValue(0)));
    }

    String requestId() {
        return json.path("id").stringValue("");
    }

    /** Returns when it was answered, if its body says so; else 1970. */
    Instant created() {
        return Instant.ofEpochSecond(json.at("/response/body/created").longValue(0));
    }

    /** Returns the line with another body of its response, without its end. */
    byte[] withBody(Map<String, Object> body) {
        Map<String, Object> line = new LinkedHashMap<>();
        json.properties().forEach(field -> line.put(field.getKey(), field.getValue()));
        Map<String, Object> response = new LinkedHashMap<>();
        json.path("response").properties().forEach(field -> response.put(field.getKey(), field.getValue()));
        response.put("body", body);
        line.put("response", response);
        return JsonObjects.bytes(line);
    }

    /** Returns the answer, as far as the line tells it; empty if it is a failure. */
    Optional<Completion> completion() {
        JsonNode body = json.at("/response/body");
        JsonNode choice = body.at("/choices/0");
        JsonNode vectors = body.path(DATA);
        if (json.at("/response/status_code").intValue(0) != OK || (choice.isMissingNode() && !vectors.isArray())) {
            return Optional.empty();
        }
        Origin origin = new Origin(
                Origin.Source.CACHE,
                json.at("/whippletree/account").stringValue(""),
                body.path("model").stringValue(""),
                0,
                Duration.ZERO,
                Optional.empty());
        if (vectors.isArray()) {
            TokenUsage tokens = TokenUsage.of(body.at("/usage/prompt_tokens").longValue(0), 0);
            return Optional.of(new Embeddings(
                            vectors.valueStream()
                                    .map(item -> new Embedding(base64(item.path(EMBEDDING)), origin))
                                    .toList(),
                            tokens,
                            0)
                    .asCompletion());
        }
        JsonNode message = choice.path("message");
        JsonNode function = message.path(FUNCTION_CALL);
        return Optional.of(new Completion(
                message.path("content").stringValue(""),
                ReasoningNames.ALL.stream()
                        .flatMap(name -> message.path(name).stringValueOpt().stream())
                        .findFirst(),
                message.path("refusal").stringValueOpt(),
                function.isObject()
                        ? List.of(legacyCall(function))
                        : message.path("tool_calls")
                                .valueStream()
                                .map(ResultLine::toolCall)
                                .toList(),
                finishReason(choice.path("finish_reason").stringValue("")),
                usage(body.path("usage")),
                extras(body, choice, message),
                origin));
    }

    private static String base64(JsonNode numbers) {
        float[] vector = new float[numbers.size()];
        for (int place = 0; place < vector.length; place++) {
            vector[place] = (float) numbers.path(place).doubleValue();
        }
        return Embedding.encode(vector);
    }

    private static AnswerExtras extras(JsonNode body, JsonNode choice, JsonNode message) {
        Map<String, Object> answer = others(body, OF_BODY);
        if (body.path("usage").isObject()) {
            answer.put("usage", JsonObjects.value(body.path("usage")));
        }
        if (body.path("choices").size() > 1) {
            answer.put(
                    "choices",
                    body.path("choices")
                            .valueStream()
                            .skip(1)
                            .map(JsonObjects::value)
                            .toList());
        }
        return new AnswerExtras(answer, others(choice, OF_CHOICE), others(message, OF_MESSAGE));
    }

    private static Map<String, Object> others(JsonNode object, Set<String> known) {
        Map<String, Object> fields = new LinkedHashMap<>();
        object.properties().forEach(field -> {
            if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
                fields.put(field.getKey(), JsonObjects.value(field.getValue()));
            }
        });
        return fields;
    }

    private static FinishReason finishReason(String name) {
        if (name.equals(FUNCTION_CALL)) {
            return FinishReason.TOOL_CALLS;
        }
        return Arrays.stream(FinishReason.values())
                .filter(reason -> reason.wireName().equals(name))
                .findFirst()
                .orElse(FinishReason.STOP);
    }

    private Optional<TokenUsage> usage(JsonNode usage) {
        JsonNode prompt = usage.path("prompt_tokens");
        JsonNode completion = usage.path("completion_tokens");
        return prompt.isNumber() && completion.isNumber() ? Optional.of(used()) : Optional.empty();
    }

    private static ToolCall toolCall(JsonNode call) {
        JsonNode custom = call.path("custom");
        JsonNode tool = custom.isObject() ? custom : call.path("function");
        return new ToolCall(
                call.path("id").stringValue(""),
                tool.path("name").stringValue(""),
                tool.path(custom.isObject() ? "input" : "arguments").stringValue(""),
                custom.isObject() ? ToolCall.Type.CUSTOM : ToolCall.Type.FUNCTION,
                others(call, OF_CALL));
    }

    private static ToolCall legacyCall(JsonNode function) {
        return new ToolCall(
                "",
                function.path("name").stringValue(""),
                function.path("arguments").stringValue(""));
    }
}
