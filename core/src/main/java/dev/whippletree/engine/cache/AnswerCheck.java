package dev.whippletree.engine.cache;

import dev.whippletree.model.Completion;
import dev.whippletree.model.ToolCall;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Tells sound answers from damaged ones. Its caller may have a use for a damaged one, but nobody else gets it. Stateless. */
final class AnswerCheck {

    private static final JsonFactory JSON = new JsonFactory();

    private AnswerCheck() {}

    /** Returns whether each tool call has a name, an id that no other one has, and a JSON object as its arguments. */
    static boolean isSound(Completion completion) {
        Set<String> ids = new HashSet<>();
        return completion.toolCalls().stream()
                .allMatch(call -> isNamed(call) && ids.add(call.id()) && isObject(call.arguments()));
    }

    private static boolean isNamed(ToolCall call) {
        return !call.id().isBlank() && !call.name().isBlank();
    }

    private static boolean isObject(String text) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            return parser.nextToken() == JsonToken.START_OBJECT
                    && parser.skipChildren().nextToken() == null;
        } catch (JacksonException e) {
            return false;
        }
    }
}
