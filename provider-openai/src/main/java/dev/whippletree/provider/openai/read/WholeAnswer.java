package dev.whippletree.provider.openai.read;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Delta;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.JsonFields;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.spi.AnswerEnd;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Reads an answer that comes in one piece. Immutable. */
record WholeAnswer(ResponseHead head, Dialect dialect, InstantSource clock) {

    /**
     * Reports the answer's parts, but only once it is known to be whole.
     *
     * @param model what the model is called where the answer doesn't say
     */
    AnswerEnd read(byte[] body, String model, Consumer<Delta.Piece> listener) throws NoAnswerException {
        JsonNode answer = JsonFields.parse(body)
                .filter(JsonNode::isObject)
                .orElseThrow(() -> body.length == 0 ? NoAnswerException.empty(head) : NoAnswerException.other(head));
        NoAnswerException.requireNone(dialect.error(answer), head, clock);
        JsonNode choice = Choices.ofAnswer(answer)
                .orElseThrow(() -> NoAnswerException.damaged(head, "the answer has no choices"));
        JsonNode message = JsonFields.object(choice, "message")
                .orElseThrow(() -> NoAnswerException.damaged(head, "the answer's choice has no message"));
        List<Delta.Piece> parts = parts(message);
        Optional<JsonNode> counted = dialect.usage(answer);
        Optional<TokenUsage> usage = counted.flatMap(Ending::usage);
        String reason = JsonFields.text(choice, "finish_reason")
                .or(() -> impliedReason(parts))
                .orElseThrow(() -> NoAnswerException.damaged(head, "the answer has no finish_reason"));
        AnswerEnd end = Ending.of(
                        head, reason, usage, JsonFields.text(answer, "model").orElse(model))
                .withId(JsonFields.text(answer, "id"));
        parts.forEach(listener);
        ExtraFields fields = new ExtraFields();
        AnswerExtras extras = AnswerExtras.sum(List.of(
                fields.ofAnswer(answer),
                fields.ofChoice(choice, message),
                ExtraFields.ofOtherChoices(answer, choice),
                counted.map(node -> ExtraFields.ofUsage(node, usage)).orElse(AnswerExtras.NONE)));
        if (!extras.isEmpty()) {
            listener.accept(new Delta.ExtrasPart(extras));
        }
        return end;
    }

    /** An answer in one piece is whole without a reason, if there is anything in it; a stream may have broken off. */
    private static Optional<String> impliedReason(List<Delta.Piece> parts) {
        return parts.stream()
                .filter(part -> !(part instanceof Delta.Reasoning))
                .reduce((first, last) -> last)
                .map(last -> last instanceof Delta.ToolCallPart ? "tool_calls" : "stop");
    }

    private List<Delta.Piece> parts(JsonNode message) throws NoAnswerException {
        List<Delta.Piece> parts = new ArrayList<>();
        AnswerParts reader = new AnswerParts(head, parts::add);
        reader.tell(message);
        reader.requireNames();
        return parts;
    }
}
