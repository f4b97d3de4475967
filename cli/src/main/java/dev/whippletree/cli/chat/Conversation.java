package dev.whippletree.cli.chat;

import dev.whippletree.model.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The conversation so far, with complete answers only. Immutable.
 *
 * @param system instructions that stand above everything
 * @param exchanges questions with their answers, in order
 */
public record Conversation(Optional<String> system, List<Exchange> exchanges) {

    /** Copies mutable values. */
    public Conversation {
        Objects.requireNonNull(system, "system");
        exchanges = List.copyOf(exchanges);
    }

    /**
     * A question and its answer. Immutable.
     *
     * @param question what the user said
     * @param answer what the model said
     * @param model the model by the service's own name
     */
    public record Exchange(String question, String answer, String model) {

        /** Rejects null. */
        public Exchange {
            Objects.requireNonNull(question, "question");
            Objects.requireNonNull(answer, "answer");
            Objects.requireNonNull(model, "model");
        }
    }

    /** Returns one in which nothing was said. */
    public static Conversation begun(Optional<String> system) {
        return new Conversation(system, List.of());
    }

    /** Returns the messages by which the next question is asked. */
    List<Message> asking(String question) {
        List<Message> messages = new ArrayList<>();
        system.map(Message::system).ifPresent(messages::add);
        for (Exchange exchange : exchanges) {
            messages.add(Message.user(exchange.question()));
            messages.add(Message.assistant(exchange.answer()));
        }
        messages.add(Message.user(question));
        return messages;
    }

    /** Returns this with one more exchange. */
    Conversation with(Exchange exchange) {
        List<Exchange> more = new ArrayList<>(exchanges);
        more.add(exchange);
        return new Conversation(system, more);
    }

    /** Returns this with other instructions. */
    Conversation withSystem(Optional<String> instructions) {
        return new Conversation(instructions, exchanges);
    }

    /** Returns this without its last exchange. */
    Conversation withoutLast() {
        return new Conversation(system, exchanges.subList(0, Math.max(0, exchanges.size() - 1)));
    }

    /** Returns the last exchange; empty if nothing was said. */
    Optional<Exchange> last() {
        return exchanges.isEmpty() ? Optional.empty() : Optional.of(exchanges.get(exchanges.size() - 1));
    }
}
