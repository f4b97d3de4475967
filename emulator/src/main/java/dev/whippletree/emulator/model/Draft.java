package dev.whippletree.emulator.model;

import dev.whippletree.model.FinishReason;
import dev.whippletree.model.ToolCall;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The answer that a request would get, computed from the request alone. Immutable.
 *
 * @param fingerprint the same for equal prompts to the same model, and for no others
 * @param text the answer, of vectors a line of Base64 each; empty if it only calls a function
 * @param call the function it wants called; absent: none
 * @param scripted the assistant's whole message as on the wire, in place of text and call; empty: none is scripted
 * @param finish why it ends
 * @param promptTokens the prompt's tokens
 * @param completionTokens the answer's tokens
 */
public record Draft(
        long fingerprint,
        String text,
        Optional<ToolCall> call,
        Map<String, Object> scripted,
        FinishReason finish,
        long promptTokens,
        long completionTokens) {

    /**
     * Drafts an answer.
     *
     * @param take which of several different answers, 0 for the usual one
     */
    static Draft of(ChatRequest request, long take, Optional<AnswerLength> length) {
        byte[] digest = Answers.digest(request.messages(), request.model());
        long fingerprint = ByteBuffer.wrap(digest).getLong();
        if (request.embedding()) {
            return ofVectors(request, fingerprint);
        }
        WantedForm form = WantedForm.of(request);
        String prose = Answers.text(Answers.digest(digest, take), take, request.model(), length, fingerprint);
        String written = form.schema()
                .map(schema -> new SchemaValues(schema, prose).json())
                .orElse(prose);
        long tokens = Tokens.of(written);
        long most = request.maxTokens().orElse(Long.MAX_VALUE);
        boolean whole = tokens <= most;
        String made = whole ? written : Tokens.cut(written, most);
        Optional<ToolCall> call =
                form.function().map(name -> new ToolCall("call_" + Long.toHexString(fingerprint), name, made));
        return new Draft(
                fingerprint,
                call.isPresent() ? "" : made,
                call,
                Map.of(),
                finish(whole, call.isPresent()),
                Tokens.of(request.messages()),
                Math.min(tokens, most));
    }

    /** Drafts a scripted answer, which no maximum of tokens shortens. */
    static Draft of(ChatRequest request, Map<String, Object> scripted) {
        return new Draft(
                ByteBuffer.wrap(Answers.digest(request.messages(), request.model()))
                        .getLong(),
                "",
                Optional.empty(),
                scripted,
                finish(true, scripted.containsKey("tool_calls")),
                Tokens.of(request.messages()),
                Tokens.of(scripted.toString()));
    }

    private static Draft ofVectors(ChatRequest request, long fingerprint) {
        int dimensions = Math.min(Vectors.DIMENSIONS, Math.max(1, Vectors.dimensions(request.others())));
        String vectors = request.messages().stream()
                .map(input -> Vectors.of(input.text(), request.model(), dimensions))
                .collect(Collectors.joining("\n"));
        return new Draft(
                fingerprint, vectors, Optional.empty(), Map.of(), FinishReason.STOP, Tokens.of(request.messages()), 0);
    }

    public long totalTokens() {
        return promptTokens + completionTokens;
    }

    private static FinishReason finish(boolean whole, boolean calls) {
        if (!whole) {
            return FinishReason.LENGTH;
        }
        return calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
    }
}
