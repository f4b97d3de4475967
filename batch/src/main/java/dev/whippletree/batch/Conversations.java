package dev.whippletree.batch;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The conversations of a batch, if it has any: an item is due when the item before it in its session has ended, and its
 * prompt includes the earlier messages. Confined to the run, except for {@link #holds}.
 */
final class Conversations {

    private final boolean wanted;
    private final Map<String, Conversation> bySession = new HashMap<>();
    private int parked;
    private long parkedCharacters;

    private static final class Conversation {

        private final List<Message> history = new ArrayList<>();
        private final ArrayDeque<BatchItem> parked = new ArrayDeque<>(0);
        private long key = DistinctPrompts.START;
        private boolean busy;
        private @Nullable String failed;
    }

    Conversations(boolean wanted) {
        this.wanted = wanted;
    }

    /** Returns whether an item belongs to a conversation; all others are due at once. */
    boolean holds(BatchItem item) {
        return session(item).isPresent();
    }

    /** Returns how many items wait for one before them. */
    int parked() {
        return parked;
    }

    /** Returns the room that those take together, in characters. */
    long parkedCharacters() {
        return parkedCharacters;
    }

    /**
     * Takes the next item.
     *
     * @return whether it is due now; if not, {@link #ended} returns it in its turn
     */
    boolean isDue(BatchItem item) {
        Optional<String> session = session(item);
        if (session.isEmpty()) {
            return true;
        }
        Conversation conversation = bySession.computeIfAbsent(session.get(), name -> new Conversation());
        if (conversation.busy) {
            conversation.parked.add(item);
            parked++;
            parkedCharacters += Prompts.room(item);
            return false;
        }
        conversation.busy = true;
        return true;
    }

    /** Returns why an item that is due can't be asked: the id of the item of its session that got no answer. */
    Optional<String> failedBefore(BatchItem item) {
        return conversation(item).map(conversation -> conversation.failed);
    }

    Prompt prompt(BatchItem item) {
        return conversation(item)
                .map(conversation -> with(conversation.history, item.prompt()))
                .orElse(item.prompt());
    }

    /** Returns what stands for an item that is due, among the {@link DistinctPrompts}. */
    long key(BatchItem item) {
        return DistinctPrompts.key(
                conversation(item).map(conversation -> conversation.key).orElse(DistinctPrompts.START), item.prompt());
    }

    /**
     * An item that was due has ended.
     *
     * @param answer absent: it failed
     * @return the item that is due now, if one of its session waits
     */
    Optional<BatchItem> ended(BatchItem item, Optional<Completion> answer) {
        Optional<Conversation> there = conversation(item);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        Conversation conversation = there.get();
        conversation.key = key(item);
        if (answer.isPresent()) {
            conversation.history.addAll(news(conversation.history, item.prompt()));
            conversation.history.add(Message.assistant(answer.get()));
        } else if (conversation.failed == null) {
            conversation.failed = item.id();
        }
        BatchItem next = conversation.parked.poll();
        if (next == null) {
            conversation.busy = false;
            if (item.endsSession()) {
                session(item).ifPresent(bySession::remove);
            }
            return Optional.empty();
        }
        parked--;
        parkedCharacters -= Prompts.room(next);
        return Optional.of(next);
    }

    private Optional<Conversation> conversation(BatchItem item) {
        return session(item).map(bySession::get);
    }

    private Optional<String> session(BatchItem item) {
        return wanted ? session(item.prompt()) : Optional.empty();
    }

    /** Returns the conversation that a prompt belongs to; empty: none. */
    static Optional<String> session(Prompt prompt) {
        return prompt.operation() == Prompt.Operation.CHAT ? prompt.session() : Optional.empty();
    }

    private static Prompt with(List<Message> history, Prompt prompt) {
        List<Message> messages = new ArrayList<>(history);
        messages.addAll(news(history, prompt));
        return prompt.toBuilder().messages(messages).build();
    }

    /** Each line of a file may repeat its instructions: a model needs them once. */
    private static List<Message> news(List<Message> history, Prompt prompt) {
        return prompt.messages().stream()
                .filter(message -> !Prompts.isInstruction(message) || !history.contains(message))
                .toList();
    }
}
