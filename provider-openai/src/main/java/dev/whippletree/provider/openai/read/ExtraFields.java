package dev.whippletree.provider.openai.read;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.provider.openai.dialect.JsonFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

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

    private static final Set<String> OF_TOOL_CALL = Set.of("index", "id", "type", "function", "custom");

    private final Map<String, JsonNode> toldOfAnswer = new HashMap<>(4);
    private final Map<String, JsonNode> toldOfChoice = new HashMap<>(4);

    /** Returns the news of an answer or a chunk, without those of its choices and its usage. */
    AnswerExtras ofAnswer(JsonNode answer) {
        Map<String, Object> fields = null;
        for (Map.Entry<String, JsonNode> field : answer.properties()) {
            if (isUnknown(field, OF_ANSWER) && isNews(field, toldOfAnswer)) {
                fields = with(fields, field.getKey(), field.getValue());
            }
        }
        return fields == null ? AnswerExtras.NONE : new AnswerExtras(fields, Map.of(), Map.of());
    }

    /** Returns the news of a choice and of its message, or of its delta. */
    AnswerExtras ofChoice(JsonNode choice, JsonNode message) {
        Map<String, Object> ofChoice = null;
        for (Map.Entry<String, JsonNode> field : choice.properties()) {
            if (isUnknown(field, OF_CHOICE) && (holdsList(field.getValue()) || isNews(field, toldOfChoice))) {
                ofChoice = with(ofChoice, field.getKey(), field.getValue());
            }
        }
        Map<String, Object> ofMessage = null;
        for (Map.Entry<String, JsonNode> field : message.properties()) {
            if (isUnknown(field, OF_MESSAGE)) {
                ofMessage = with(ofMessage, field.getKey(), field.getValue());
            }
        }
        return ofChoice == null && ofMessage == null
                ? AnswerExtras.NONE
                : new AnswerExtras(
                        Map.of(), ofChoice == null ? Map.of() : ofChoice, ofMessage == null ? Map.of() : ofMessage);
    }

    /** Returns the choices of an answer that aren't the answer itself, as they came. */
    static AnswerExtras ofOtherChoices(JsonNode answer, JsonNode choice) {
        List<@Nullable Object> others = new ArrayList<>();
        for (JsonNode other : answer.path("choices")) {
            if (other != choice) {
                others.add(JsonFields.value(other));
            }
        }
        return others.isEmpty() ? AnswerExtras.NONE : new AnswerExtras(Map.of("choices", others), Map.of(), Map.of());
    }

    /** Returns what a usage says beyond the tokens that were read of it, such as a total that isn't their sum. */
    static AnswerExtras ofUsage(JsonNode usage, Optional<TokenUsage> read) {
        Map<String, ?> known = read.<Map<String, ?>>map(tokens -> Map.of(
                        "prompt_tokens",
                        tokens.promptTokens(),
                        "completion_tokens",
                        tokens.completionTokens(),
                        "total_tokens",
                        tokens.total(),
                        "prompt_tokens_details",
                        Map.of("cached_tokens", tokens.cachedPromptTokens()),
                        "completion_tokens_details",
                        Map.of("reasoning_tokens", tokens.reasoningTokens())))
                .orElse(Map.of());
        Map<String, Object> beyond = beyond(usage, known);
        return beyond.isEmpty() ? AnswerExtras.NONE : new AnswerExtras(Map.of("usage", beyond), Map.of(), Map.of());
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
            if (value != null && !value.equals(same)) {
                beyond.put(field.getKey(), value);
            }
        });
        return beyond;
    }

    /** Returns the fields of a tool call, or of a piece of one, that the model has no component for. */
    static Map<String, Object> ofToolCall(JsonNode call) {
        Map<String, Object> fields = null;
        for (Map.Entry<String, JsonNode> field : call.properties()) {
            if (isUnknown(field, OF_TOOL_CALL)) {
                fields = with(fields, field.getKey(), field.getValue());
            }
        }
        return fields == null ? Map.of() : fields;
    }

    private static boolean isUnknown(Map.Entry<String, JsonNode> field, Set<String> known) {
        return !field.getValue().isNull() && !known.contains(field.getKey());
    }

    private static boolean isNews(Map.Entry<String, JsonNode> field, Map<String, JsonNode> told) {
        return !field.getValue().equals(told.put(field.getKey(), field.getValue()));
    }

    private static boolean holdsList(JsonNode value) {
        return value.isArray()
                || value.isObject()
                        && StreamSupport.stream(value.spliterator(), false).anyMatch(JsonNode::isArray);
    }

    private static Map<String, Object> with(@Nullable Map<String, Object> fields, String name, JsonNode value) {
        Map<String, @Nullable Object> more = fields == null ? new LinkedHashMap<>() : fields;
        more.put(name, JsonFields.value(value));
        return more;
    }
}
