package dev.whippletree.engine.cache;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.ToolCall;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * Decides whether an answer may be given to others. Its own caller may have a use for a cut or damaged one. Stateless.
 */
public final class AnswerCheck {

    private static final Set<String> WHOLE = Set.of("stop", "tool_calls", "function_call");
    private static final Set<String> JSON_FORMATS = Set.of("json_object", "json_schema");

    /** Left to itself, Jackson keeps thousands of names for good, whatever models answer. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();

    private AnswerCheck() {}

    /** Returns whether the model finished its answer. Quick; a whole answer may still be damaged. */
    public static boolean isWhole(Completion completion) {
        boolean wantsCalls = completion.finishReason() == FinishReason.TOOL_CALLS;
        boolean whole = wantsCalls
                ? !completion.toolCalls().isEmpty()
                : completion.finishReason() == FinishReason.STOP && !completion.isEmpty();
        return whole && areWhole(completion.extras().answer().getOrDefault("choices", List.of()));
    }

    /** Returns whether the further answers to a prompt are whole, as the service sent them. */
    private static boolean areWhole(Object choices) {
        return choices instanceof List<?> list
                && list.stream()
                        .allMatch(choice -> choice instanceof Map<?, ?> fields
                                && WHOLE.contains(String.valueOf(fields.get("finish_reason"))));
    }

    /**
     * Returns whether an answer is whole and undamaged, so that it may be stored and given to others. Parses its tool
     * calls, so don't call it under a lock.
     */
    public static boolean isReusable(Completion completion) {
        return isWhole(completion) && isSound(completion);
    }

    /**
     * Returns whether an answer is reusable and, if its prompt's {@code response_format} demands JSON, its text is
     * that. Parses it, so don't call it under a lock.
     */
    public static boolean isReusable(Prompt prompt, Completion completion) {
        boolean isText =
                completion.toolCalls().isEmpty() && completion.refusal().isEmpty();
        return isReusable(completion) && (!isText || !demandsJson(prompt) || isJson(completion.text()));
    }

    private static boolean demandsJson(Prompt prompt) {
        return prompt.parameters().extras().get("response_format") instanceof Map<?, ?> format
                && JSON_FORMATS.contains(String.valueOf(format.get("type")));
    }

    /** Returns whether each tool call has a name, a unique id, and a function's a JSON object as its arguments. */
    private static boolean isSound(Completion completion) {
        Set<String> ids = new HashSet<>();
        return completion.toolCalls().stream()
                .allMatch(call -> isNamed(call)
                        && ids.add(call.id())
                        && (call.type() == ToolCall.Type.CUSTOM || isObject(call.arguments())));
    }

    private static boolean isNamed(ToolCall call) {
        return !call.id().isBlank() && !call.name().isBlank();
    }

    private static boolean isObject(String text) {
        return text.stripLeading().startsWith("{") && isJson(text);
    }

    private static boolean isJson(String text) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            return parser.nextToken() != null && parser.skipChildren().nextToken() == null;
        } catch (JacksonException e) {
            return false;
        }
    }
}
