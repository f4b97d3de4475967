package dev.whippletree.provider.openai.read;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.ErrorReader;
import dev.whippletree.provider.openai.dialect.JsonFields;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.spi.AnswerEnd;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Reads an answer that comes in chunks. Confined to one thread.
 *
 * <p>It is whole when a finish reason came: with {@code [DONE]} or without, and whatever happens to the connection
 * afterwards. What else comes, such as the usage, is waited for with little patience.
 */
final class ChunkReader {

    private final ResponseHead head;
    private final Dialect dialect;
    private final InstantSource clock;
    private final AnswerParts parts;
    private final ExtraFields fields = new ExtraFields();
    private final Consumer<Delta.Piece> listener;
    private final Duration patience;
    private String model;
    private @Nullable String finishReason;
    private Optional<JsonNode> counted = Optional.empty();
    private Optional<String> id = Optional.empty();
    private boolean begun;
    private boolean inDeltas;

    /**
     * Prepares to read one answer.
     *
     * @param patience how long may pass from the finish reason to the end of the stream
     * @param model what the model is called where the answer doesn't say
     */
    ChunkReader(
            ResponseHead head,
            Dialect dialect,
            InstantSource clock,
            Duration patience,
            String model,
            Consumer<Delta.Piece> listener) {
        this.head = head;
        this.dialect = dialect;
        this.clock = clock;
        this.patience = patience;
        this.model = model;
        this.listener = listener;
        this.parts = new AnswerParts(head, listener);
    }

    /**
     * Reads to the end.
     *
     * @throws NoAnswerException if an error came, or something that is no chunk, or the end without a finish reason
     * @throws IOException if the connection broke before a finish reason came
     */
    AnswerEnd read(EventStream events) throws NoAnswerException, IOException {
        try {
            takeAll(events);
        } catch (IOException e) {
            if (finishReason == null) {
                throw e;
            }
        }
        if (finishReason == null) {
            throw unfinished(events);
        }
        parts.requireNames();
        Optional<TokenUsage> usage = counted.flatMap(Ending::usage);
        AnswerEnd end = Ending.of(head, finishReason, usage, model).withId(id);
        counted.ifPresent(node -> tell(ExtraFields.ofUsage(node, usage)));
        return end;
    }

    private NoAnswerException unfinished(EventStream events) {
        if (events.isEmpty()) {
            return NoAnswerException.empty(head);
        }
        return begun || events.isSilent()
                ? NoAnswerException.found(
                        head, "the stream ended before the answer did", Optional.of(Failure.ENDED_EARLY))
                : NoAnswerException.other(head);
    }

    private void takeAll(EventStream events) throws NoAnswerException, IOException {
        EventStream.@Nullable Event event = events.next();
        while (event != null && !event.isEndMark()) {
            boolean unfinished = finishReason == null;
            take(event);
            if (unfinished && finishReason != null) {
                events.hurry(patience);
            }
            event = events.next();
        }
        begun |= event != null;
    }

    private void take(EventStream.Event event) throws NoAnswerException {
        if (event.data().isBlank()) {
            return;
        }
        Optional<JsonNode> data = event.isUtf8() ? JsonFields.parse(event.data()) : Optional.empty();
        Optional<JsonNode> chunk = data.filter(JsonNode::isObject);
        if (event.name().equals("error")) {
            throw error(event, chunk);
        }
        begun |= chunk.isPresent() || !event.closed();
        if (chunk.isPresent()) {
            take(chunk.get());
        } else if (event.closed() && data.filter(JsonNode::isNull).isEmpty()) {
            throw begun
                    ? NoAnswerException.damaged(
                            head, "the stream contains a chunk that isn't " + (event.isUtf8() ? "JSON" : "UTF-8"))
                    : NoAnswerException.other(head);
        }
    }

    private void take(JsonNode chunk) throws NoAnswerException {
        NoAnswerException.requireNone(dialect.error(chunk), head, clock);
        model = JsonFields.text(chunk, "model").orElse(model);
        id = JsonFields.text(chunk, "id").or(() -> id);
        counted = dialect.usage(chunk)
                .filter(node -> counted.isEmpty() || Ending.usage(node).isPresent())
                .or(() -> counted);
        tell(fields.ofAnswer(chunk));
        for (JsonNode choice : Choices.ofChunk(chunk, head)) {
            takeChoice(choice);
        }
    }

    private void takeChoice(JsonNode choice) throws NoAnswerException {
        Optional<JsonNode> delta =
                JsonFields.present(choice, "delta").filter(piece -> !piece.isObject() || !piece.isEmpty());
        inDeltas |= delta.isPresent();
        if (!inDeltas) { // Some services answer in one chunk, with the whole message.
            delta = JsonFields.present(choice, "message");
        }
        if (delta.isPresent()) {
            NoAnswerException.unless(delta.get().isObject(), head, "delta");
            parts.tell(delta.get());
        }
        tell(fields.ofChoice(choice, delta.orElse(MissingNode.getInstance())));
        finishReason = JsonFields.text(choice, "finish_reason").orElse(finishReason);
    }

    private void tell(AnswerExtras extras) {
        if (!extras.isEmpty()) {
            listener.accept(new Delta.ExtrasPart(extras));
        }
    }

    private NoAnswerException error(EventStream.Event event, Optional<JsonNode> chunk) {
        return chunk.isPresent()
                ? new NoAnswerException(ErrorReader.ofNode(head, chunk.get(), clock))
                : NoAnswerException.found(head, event.data());
    }
}
