package dev.whippletree.engine;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.AnswerEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts an answer together from its pieces. Confined to one attempt, which is told serially. */
final class AnswerBuilder {

    /** Far more than any model makes; what claims to be beyond is garbage. */
    private static final long MOST_CHARACTERS = 64L << 20;

    private static final int MOST_CALLS = 1_000;

    /** Far more than any model takes or makes: a service that says so tells nothing. */
    private static final long MOST_TOKENS = 100_000_000;

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<PartialCall> calls = new ArrayList<>();
    private long size;
    private boolean tooManyCalls;

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
        if (part.index() >= MOST_CALLS) {
            tooManyCalls = true;
            return;
        }
        while (calls.size() <= part.index()) {
            calls.add(new PartialCall());
        }
        PartialCall call = calls.get(part.index());
        part.id().ifPresent(id -> call.id = id);
        part.name().ifPresent(name -> call.name = name);
        call.arguments.append(part.arguments());
        size += part.arguments().length();
    }

    /** Returns why these pieces can't be an answer, if they can't. */
    Optional<String> problem() {
        if (tooManyCalls) {
            return Optional.of("the answer has more than " + MOST_CALLS + " tool calls");
        }
        return size > MOST_CHARACTERS
                ? Optional.of("the answer is larger than " + (MOST_CHARACTERS >> 20) + " million characters")
                : Optional.empty();
    }

    Completion build(AnswerEnd end, Origin origin) {
        return new Completion(
                text.toString(),
                reasoning.isEmpty() ? Optional.empty() : Optional.of(reasoning.toString()),
                calls.stream().map(PartialCall::whole).toList(),
                end.finishReason(),
                end.usage().filter(AnswerBuilder::isPlausible),
                origin);
    }

    private static boolean isPlausible(TokenUsage usage) {
        return usage.promptTokens() <= MOST_TOKENS
                && usage.completionTokens() <= MOST_TOKENS
                && usage.cachedPromptTokens() <= MOST_TOKENS
                && usage.reasoningTokens() <= MOST_TOKENS;
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
