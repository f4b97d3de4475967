package dev.whippletree.springai;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.ai.chat.model.ChatResponse;

/**
 * Translates an answer that arrives in pieces. Confined to one subscription.
 *
 * <p>Tool calls, refusals and extras come whole, with the last piece: Spring AI calls a tool as soon as it sees one.
 * Every piece of reasoning comes with all that was thought before it, because whoever puts pieces together keeps the
 * last metadata only.
 */
final class ChunkTranslator {

    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final List<AnswerExtras> extras = new ArrayList<>(0);
    private final List<Call> calls = new ArrayList<>();

    /** A tool call that is still growing. */
    private static final class Call {

        private String id = "";
        private String name = "";
        private ToolCall.Type type = ToolCall.Type.FUNCTION;
        private final StringBuilder arguments = new StringBuilder();
    }

    /** Translates one piece; empty if there is nothing to show yet. */
    Optional<ChatResponse> translate(Delta delta) {
        if (delta instanceof Delta.Text text) {
            return Optional.of(ResponseTranslator.piece(text.text(), Optional.empty()));
        }
        if (delta instanceof Delta.Reasoning thought) {
            reasoning.append(thought.text());
            return Optional.of(ResponseTranslator.piece("", ifAny(reasoning)));
        }
        if (delta instanceof Delta.Refusal more) {
            refusal.append(more.text());
            return Optional.empty();
        }
        if (delta instanceof Delta.ExtrasPart part) {
            extras.add(part.extras());
            return Optional.empty();
        }
        if (delta instanceof Delta.ToolCallPart part) {
            add(part);
            return Optional.empty();
        }
        if (delta instanceof Delta.End end) {
            return Optional.of(ResponseTranslator.whole(new Completion(
                    "",
                    ifAny(reasoning),
                    ifAny(refusal),
                    calls.stream()
                            .map(call -> new ToolCall(call.id, call.name, call.arguments.toString(), call.type))
                            .toList(),
                    end.finishReason(),
                    end.usage(),
                    AnswerExtras.sum(extras),
                    end.origin())));
        }
        return Optional.empty(); // The account that answers isn't known for sure before the end.
    }

    private static Optional<String> ifAny(StringBuilder text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
    }

    private void add(Delta.ToolCallPart part) {
        while (calls.size() <= part.index()) {
            calls.add(new Call());
        }
        Call call = calls.get(part.index());
        part.id().ifPresent(id -> call.id = id);
        part.name().ifPresent(name -> call.name = name);
        call.type = part.type();
        call.arguments.append(part.arguments());
    }
}
