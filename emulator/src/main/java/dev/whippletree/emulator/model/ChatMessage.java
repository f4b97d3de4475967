package dev.whippletree.emulator.model;

import dev.whippletree.model.Message;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A message as a service sees it: anything but text is reduced to its type. Immutable.
 *
 * @param role the speaker's role, as on the wire
 * @param text the text
 */
public record ChatMessage(String role, String text) {

    /** The role of a text to embed. */
    public static final String INPUT = "input";

    /** The role of a text to embed that is given as the numbers of its tokens, with a space between them. */
    public static final String TOKENS = "tokens";

    /** Returns a message of the library as a service sees it when it is sent. */
    public static ChatMessage of(Message message) {
        return new ChatMessage(
                message.role().wireName(), message.parts().isEmpty() ? message.text() : textOf(message.parts()));
    }

    /** Returns an item of a request's {@code input}: a text, or the numbers of its tokens. */
    public static ChatMessage input(Object item) {
        return item instanceof List<?> tokens
                ? new ChatMessage(TOKENS, tokens.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                : new ChatMessage(INPUT, String.valueOf(item));
    }

    public static List<ChatMessage> of(List<Message> messages) {
        return messages.stream().map(ChatMessage::of).toList();
    }

    /** Returns the text of content that is given in parts, as JSON in JDK types. */
    public static String textOf(List<?> parts) {
        return parts.stream().map(ChatMessage::textOfPart).collect(Collectors.joining("\n"));
    }

    private static String textOfPart(Object part) {
        if (part instanceof Map<?, ?> fields) {
            return fields.get("text") instanceof String text ? text : "[" + fields.get("type") + "]";
        }
        return "[" + part + "]";
    }
}
