package dev.whippletree.cli.chat;

import dev.whippletree.model.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The conversation so far, with complete answers only. Immutable. */
record Conversation(Optional<String> system, List<Exchange> exchanges) {

    Conversation {
        exchanges = List.copyOf(exchanges);
    }

    /** A question, its answer, and the model by the service's own name. Immutable. */
    record Exchange(String question, String answer, String model) {}

    /** Returns the messages that ask the next question. */
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

    Conversation with(Exchange exchange) {
        List<Exchange> more = new ArrayList<>(exchanges);
        more.add(exchange);
        return new Conversation(system, more);
    }
}
