package dev.whippletree.batch;

import dev.whippletree.model.Message;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Copies prompts with changes, and measures them. Stateless. */
final class Prompts {

    /** Longer than any batch: a route's own deadline is for people. */
    private static final Optional<Duration> NO_HURRY = Optional.of(Duration.ofDays(365));

    private Prompts() {}

    /** Returns the same with other messages. */
    static Prompt withMessages(Prompt prompt, List<Message> messages) {
        return of(prompt, messages, prompt.priority(), prompt.deadline());
    }

    /** Returns the same with the priority of batches, and with all the time in the world where it says nothing of a deadline. */
    static Prompt ofBatch(Prompt prompt) {
        return of(prompt, prompt.messages(), Priority.BATCH, prompt.deadline().or(() -> NO_HURRY));
    }

    /** Returns about how many characters a prompt has, its images among them. */
    static long characters(Prompt prompt) {
        long characters = characters(prompt.parameters().extras());
        for (Message message : prompt.messages()) {
            characters += message.text().length() + characters(message.parts());
        }
        return characters;
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

    private static Prompt of(Prompt prompt, List<Message> messages, Priority priority, Optional<Duration> deadline) {
        return new Prompt(
                messages,
                prompt.parameters(),
                prompt.route(),
                prompt.tenant(),
                prompt.session(),
                prompt.account(),
                prompt.accounts(),
                prompt.model(),
                priority,
                deadline,
                prompt.deadlineForFirstPiece(),
                prompt.cache(),
                prompt.question());
    }
}
