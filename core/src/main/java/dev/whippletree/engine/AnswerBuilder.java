package dev.whippletree.engine;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Origin;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.AnswerEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts an answer together from its pieces. Confined to one attempt, which is told serially. */
final class AnswerBuilder {

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<PartialCall> calls = new ArrayList<>();
    private long size;

    void add(Delta delta) {
        if (delta instanceof Delta.Text piece) {
            text.append(piece.text());
            size += piece.text().length();
        } else if (delta instanceof Delta.Reasoning piece) {
            reasoning.append(piece.text());
            size += piece.text().length();
        } else if (delta instanceof Delta.ToolCallPart part) {
            add(part);
        }
    }

    private void add(Delta.ToolCallPart part) {
        while (calls.size() <= part.index()) {
            calls.add(new PartialCall());
        }
        PartialCall call = calls.get(part.index());
        part.id().ifPresent(id -> call.id = id);
        part.name().ifPresent(name -> call.name = name);
        call.arguments.append(part.arguments());
        size += part.arguments().length();
    }

    /** Returns the characters put together so far. */
    long size() {
        return size;
    }

    Completion build(AnswerEnd end, Origin origin) {
        return new Completion(
                text.toString(),
                reasoning.isEmpty() ? Optional.empty() : Optional.of(reasoning.toString()),
                calls.stream().map(PartialCall::whole).toList(),
                end.finishReason(),
                end.usage(),
                origin);
    }

    /** A tool call of which more may come. */
    private static final class PartialCall {

        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();

        ToolCall whole() {
            return new ToolCall(id, name, arguments.toString());
        }
    }
}
