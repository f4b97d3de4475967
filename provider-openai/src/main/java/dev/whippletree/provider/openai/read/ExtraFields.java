package dev.whippletree.provider.openai.read;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.provider.openai.dialect.JsonFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of an answer that the model of answers has no component for. Confined to one answer.
 *
 * <p>Services repeat most of them in each chunk of a stream; they are told again when they change. A field of a
 * message, and one of a choice that holds a list, is a piece like the text beside it, and always told.
 */
final class ExtraFields {

    /** OpenAI pads the chunks of a stream with {@code obfuscation}, so that their lengths say nothing of the text. */
    private static final Set<String> OF_ANSWER =
            Set.of("id", "object", "created", "model", "choices", "usage", "obfuscation");

    private static final Set<String> OF_CHOICE = Set.of("index", "message", "delta", "finish_reason");

    private static final Set<String> OF_MESSAGE =
            Set.of("role", "content", "refusal", "reasoning", "reasoning_content", "tool_calls", "function_call");

    /** Clients require these, if only as null. */
    private static final Set<String> KEPT_AS_NULL = Set.of("content", "logprobs", "refusal");

    private static final Set<String> OF_TOOL_CALL = Set.of("index", "id", "type", "function", "custom");

    private final Map<String, JsonNode> toldOfAnswer = new HashMap<>(4);
    private final Map<String, JsonNode> toldOfChoice = new HashMap<>(4);

    /** Returns the news of an answer or a chunk, without those of its choices and its usage. */
    AnswerExtras ofAnswer(JsonNode answer) {
        return ofAnswer(unknown(answer, OF_ANSWER, field -> isNews(field, toldOfAnswer)));
    }

    private static AnswerExtras ofAnswer(Map<String, Object> fields) {
        return fields.isEmpty() ? AnswerExtras.NONE : new AnswerExtras(fields, Map.of(), Map.of());
    }

    /** Returns the news of a choice and of its message, or of its delta. */
    AnswerExtras ofChoice(JsonNode choice, JsonNode message) {
        Map<String, Object> ofChoice =
                unknown(choice, OF_CHOICE, field -> holdsList(field.getValue()) || isNews(field, toldOfChoice));
        Map<String, Object> ofMessage = unknown(message, OF_MESSAGE, field -> true);
        return ofChoice.isEmpty() && ofMessage.isEmpty()
                ? AnswerExtras.NONE
                : new AnswerExtras(Map.of(), ofChoice, ofMessage);
    }

    /** Returns the choices of an answer that aren't the answer itself, without most fields that are null. */
    @SuppressWarnings("ReferenceEquality")
    static AnswerExtras ofOtherChoices(JsonNode answer, JsonNode choice) {
        List<@Nullable Object> others = new ArrayList<>();
        for (JsonNode other : answer.path("choices")) {
            if (other != choice) {
                dropNulls(other);
                dropNulls(other.path("message"));
                nameReason(other);
                others.add(JsonFields.value(other));
            }
        }
        return ofAnswer(others.isEmpty() ? Map.of() : Map.of("choices", others));
    }

    private static void dropNulls(JsonNode object) {
        object.properties().removeIf(field -> field.getValue().isNull() && !KEPT_AS_NULL.contains(field.getKey()));
    }

    /** Puts the protocol's word for why a choice ended in place of the service's own. */
    private static void nameReason(JsonNode choice) {
        boolean legacy = choice.path("message").path("function_call").isObject();
        Optional<FinishReason> reason = legacy
                ? Optional.empty()
                : JsonFields.text(choice, "finish_reason").flatMap(Ending::reason);
        reason.ifPresent(known -> ((ObjectNode) choice).put("finish_reason", known.wireName()));
    }

    /**
     * Returns what a usage says beyond the tokens that were read of it, such as a total that isn't their sum, without
     * numbers of tokens that aren't any.
     */
    static AnswerExtras ofUsage(JsonNode usage, Optional<TokenUsage> read) {
        Map<String, ?> known = known(read.orElse(TokenUsage.NONE));
        Map<String, Object> beyond = beyond(usage, known);
        if (known.entrySet().stream().anyMatch(field -> isWrong(usage, field.getKey(), field.getValue()))) {
            beyond.keySet().removeIf(name -> known.get(name) instanceof Long);
        }
        return ofAnswer(beyond.isEmpty() ? Map.of() : Map.of("usage", beyond));
    }

    /** Returns whether there is something in the place of a number of tokens that isn't one. */
    private static boolean isWrong(JsonNode usage, String field, @Nullable Object known) {
        return known instanceof Long
                && JsonFields.present(usage, field).isPresent()
                && JsonFields.count(usage, field).isEmpty();
    }

    private static Map<String, ?> known(TokenUsage tokens) {
        return Map.of(
                "prompt_tokens", tokens.promptTokens(),
                "completion_tokens", tokens.completionTokens(),
                "total_tokens", tokens.total(),
                "prompt_tokens_details", Map.of("cached_tokens", tokens.cachedPromptTokens()),
                "completion_tokens_details", Map.of("reasoning_tokens", tokens.reasoningTokens()));
    }

    private static Map<String, Object> beyond(JsonNode object, Map<?, ?> known) {
        Map<String, Object> beyond = new LinkedHashMap<>();
        object.properties().forEach(field -> {
            Object same = known.get(field.getKey());
            @Nullable Object value = JsonFields.value(field.getValue());
            if (same instanceof Map<?, ?> inner && field.getValue().isObject()) {
                value = beyond(field.getValue(), inner);
                same = Map.of();
            }
            if (value != null && !isWrong(object, field.getKey(), same) && !value.equals(same)) {
                beyond.put(field.getKey(), value);
            }
        });
        return beyond;
    }

    /** Returns the fields of a tool call, or of a piece of one, that the model has no component for. */
    static Map<String, Object> ofToolCall(JsonNode call) {
        return unknown(call, OF_TOOL_CALL, field -> true);
    }

    private static Map<String, Object> unknown(
            JsonNode object, Set<String> known, Predicate<Map.Entry<String, JsonNode>> wanted) {
        Map<String, @Nullable Object> unknown = new LinkedHashMap<>(0);
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!field.getValue().isNull() && !known.contains(field.getKey()) && wanted.test(field)) {
                unknown.put(field.getKey(), JsonFields.value(field.getValue()));
            }
        }
        return unknown;
    }

    private static boolean isNews(Map.Entry<String, JsonNode> field, Map<String, JsonNode> told) {
        return !field.getValue().equals(told.put(field.getKey(), field.getValue()));
    }

    private static boolean holdsList(JsonNode value) {
        return value.isArray() || (value.isObject() && value.valueStream().anyMatch(JsonNode::isArray));
    }
}
