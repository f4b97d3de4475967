package dev.whippletree.batch;

import dev.whippletree.model.Message;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Copies prompts with changes, and measures them. Stateless. */
final class Prompts {

    /** Longer than any batch. A route's deadline is for people who wait. */
    private static final Optional<Duration> NO_HURRY = Optional.of(Duration.ofDays(365));

    /** No longer text is made. */
    private static final long MOST_CHARACTERS = 1 << 24;

    /** The dimensions of a usual vector. */
    private static final long USUAL_DIMENSIONS = 1_536;

    /** No model has as many. */
    private static final long MOST_DIMENSIONS = 100_000;

    /** A number is in memory as Base64 and as JSON, which is about what two characters of a prompt take. */
    private static final long CHARACTERS_A_NUMBER = 2;

    /** A message, a call, an object or an array, which takes some 190 bytes, at the 16 of a character. */
    private static final long CHARACTERS_A_PART = 12;

    private Prompts() {}

    /** Returns the same with batch priority and, if it has no deadline of its own, one of a year. */
    static Prompt ofBatch(Prompt prompt) {
        return prompt.toBuilder()
                .priority(Priority.BATCH)
                .deadline(prompt.deadline().or(() -> NO_HURRY))
                .build();
    }

    /** Returns about how many characters a prompt has, its images among them. */
    static long characters(Prompt prompt) {
        long characters = characters(prompt.parameters().extras());
        for (Message message : prompt.messages()) {
            characters += message.text().length() + characters(message.parts());
        }
        return characters;
    }

    /** Returns about how many characters take as much memory as an item, with all that its line may be filled with. */
    static long room(BatchItem item) {
        return item.id().length() + room(item.prompt());
    }

    static long room(Prompt prompt) {
        long room = prompt.session().map(String::length).orElse(0)
                + room(prompt.parameters().stop())
                + room(prompt.parameters().extras());
        for (Message message : prompt.messages()) {
            room += CHARACTERS_A_PART
                    + message.text().length()
                    + message.toolCallId().map(String::length).orElse(0)
                    + room(message.parts())
                    + room(message.extras());
            for (ToolCall call : message.toolCalls()) {
                room += CHARACTERS_A_PART
                        + call.id().length()
                        + call.name().length()
                        + call.arguments().length()
                        + room(call.extras());
            }
        }
        return room;
    }

    private static long room(@Nullable Object json) {
        if (json instanceof String text) {
            return text.length();
        }
        long room = CHARACTERS_A_NUMBER;
        if (json instanceof Map<?, ?> map) {
            room = CHARACTERS_A_PART;
            for (Map.Entry<?, ?> field : map.entrySet()) {
                room += room(field.getKey()) + room(field.getValue());
            }
        } else if (json instanceof Collection<?> values) {
            room = CHARACTERS_A_PART;
            for (Object value : values) {
                room += room(value);
            }
        }
        return room;
    }

    /** Returns about how many characters take as much memory as the vectors that a prompt asks for. */
    static long charactersOfVectors(Prompt prompt) {
        if (prompt.operation() == Prompt.Operation.CHAT) {
            return 0;
        }
        long numbers = prompt.parameters().extras().get("dimensions") instanceof Number given
                ? Math.max(0, Math.min(given.longValue(), MOST_DIMENSIONS))
                : USUAL_DIMENSIONS;
        return prompt.messages().size() * numbers * CHARACTERS_A_NUMBER;
    }

    /** Returns the same without its instructions, which a conversation has once. */
    static long charactersAsked(Prompt prompt) {
        long characters = characters(prompt);
        for (Message message : prompt.messages()) {
            characters -= isInstruction(message) ? message.text().length() : 0;
        }
        return characters;
    }

    static boolean isInstruction(Message message) {
        return message.role() == Role.SYSTEM || message.role() == Role.DEVELOPER;
    }

    /**
     * Returns a prompt of that many characters and messages, made of another one's text; that one itself if it has
     * images.
     */
    static Prompt ofLength(Prompt prompt, double characters, double messages) {
        String text = prompt.messages().get(prompt.messages().size() - 1).text();
        boolean isText =
                prompt.messages().stream().allMatch(message -> message.parts().isEmpty());
        if (text.isEmpty() || !isText || characters > MOST_CHARACTERS) {
            return prompt;
        }
        int count = (int) Math.max(1, Math.round(messages));
        int each = (int) Math.max(1, Math.round(characters / count));
        String part = text.repeat(each / text.length() + 1).substring(0, each);
        return prompt.toBuilder()
                .messages(Collections.nCopies(count, Message.user(part)))
                .build();
    }

    private static long characters(@Nullable Object json) {
        if (json instanceof String text) {
            return text.length();
        }
        if (json instanceof Map<?, ?> map) {
            return characters(map.values());
        }
        long characters = 0;
        if (json instanceof Collection<?> values) {
            for (Object value : values) {
                characters += characters(value);
            }
        }
        return characters;
    }
}
