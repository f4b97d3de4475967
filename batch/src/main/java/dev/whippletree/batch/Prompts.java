package dev.whippletree.batch;

import dev.whippletree.model.Message;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Copies prompts with changes. Stateless. */
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
