package dev.whippletree.provider.openai.read;

import dev.whippletree.model.FinishReason;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.provider.openai.dialect.JsonFields;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.spi.AnswerEnd;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads how an answer ended, from {@code finish_reason}, {@code usage} and {@code model}. */
final class Ending {

    private Ending() {}

    /**
     * Returns the end of a whole answer.
     *
     * @throws NoAnswerException if the content filter ended it, or something that isn't known to be an end
     */
    static AnswerEnd of(ResponseHead head, String finishReason, Optional<TokenUsage> usage, String model)
            throws NoAnswerException {
        FinishReason reason = reason(finishReason)
                .orElseThrow(() ->
                        NoAnswerException.damaged(head, "the answer ended for an unknown reason: " + finishReason));
        if (reason == FinishReason.CONTENT_FILTER) {
            throw NoAnswerException.found(
                    head, "the service's content filter withheld the answer", Optional.of("content_filter"));
        }
        return new AnswerEnd(reason, usage, model);
    }

    /** Reads the protocol's words, and those that Hugging Face's, Anthropic's and Mistral's servers use. */
    static Optional<FinishReason> reason(String finishReason) {
        return switch (finishReason.toLowerCase(Locale.ROOT)) {
            case "stop", "eos", "eos_token", "stop_sequence", "end_turn" -> Optional.of(FinishReason.STOP);
            case "length", "max_tokens", "model_length" -> Optional.of(FinishReason.LENGTH);
            case "tool_calls", "function_call" -> Optional.of(FinishReason.TOOL_CALLS);
            case "content_filter" -> Optional.of(FinishReason.CONTENT_FILTER);
            default -> Optional.empty();
        };
    }

    /** Reads the protocol's {@code usage} object; what isn't one is no usage. */
    static Optional<TokenUsage> usage(JsonNode usage) {
        Optional<Long> prompt = JsonFields.count(usage, "prompt_tokens");
        Optional<Long> completion =
                JsonFields.present(usage, "completion_tokens").isEmpty()
                        ? Optional.of(0L)
                        : JsonFields.count(usage, "completion_tokens");
        if (prompt.isEmpty() || completion.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TokenUsage(
                prompt.get(),
                completion.get(),
                detail(usage, "prompt_tokens_details", "cached_tokens"),
                detail(usage, "completion_tokens_details", "reasoning_tokens")));
    }

    private static long detail(JsonNode usage, String group, String field) {
        return JsonFields.object(usage, group)
                .flatMap(details -> JsonFields.count(details, field))
                .orElse(0L);
    }
}
