package dev.whippletree.springai;

import dev.whippletree.model.Delta;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.ai.chat.model.ChatResponse;

/**
 * Translates an answer that arrives in pieces. Confined to one subscription.
 *
 * <p>Tool calls come whole, with the last piece: Spring AI calls a tool as soon as it sees one. Every piece of
 * reasoning comes with all that was thought before it, because whoever puts pieces together keeps the last metadata
 * only.
 */
final class ChunkTranslator {

    private final StringBuilder reasoning = new StringBuilder();
    private final List<Call> calls = new ArrayList<>();

    /** A tool call that is still growing. */
    private static final class Call {

        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    /** Translates one piece; empty if there is nothing to show yet. */
    Optional<ChatResponse> translate(Delta delta) {
        if (delta instanceof Delta.Text text) {
            return Optional.of(ResponseTranslator.piece(text.text(), Optional.empty()));
        }
        if (delta instanceof Delta.Reasoning thought) {
            reasoning.append(thought.text());
            return Optional.of(ResponseTranslator.piece("", thought()));
        }
        if (delta instanceof Delta.ToolCallPart part) {
            add(part);
            return Optional.empty();
        }
        if (delta instanceof Delta.End end) {
            return Optional.of(ResponseTranslator.end(
                    "",
                    thought(),
                    calls.stream()
                            .map(call -> new ToolCall(call.id, call.name, call.arguments.toString()))
                            .toList(),
                    end.finishReason(),
                    ResponseTranslator.metadata(end.usage(), end.origin())));
        }
        return Optional.empty(); // The account that answers isn't known for sure before the end.
    }

    private Optional<String> thought() {
        return reasoning.isEmpty() ? Optional.empty() : Optional.of(reasoning.toString());
    }

    private void add(Delta.ToolCallPart part) {
        while (calls.size() <= part.index()) {
            calls.add(new Call());
        }
        Call call = calls.get(part.index());
        part.id().ifPresent(id -> call.id = id);
        part.name().ifPresent(name -> call.name = name);
        call.arguments.append(part.arguments());
    }
}
