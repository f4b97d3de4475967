package dev.whippletree.provider.openai.dialect;

import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.spi.Admission;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The differences between one service and the protocol. Thread-safe; no method blocks or throws.
 *
 * <p>Only {@link #chatCompletions} is required. The defaults are safe for a service of which nothing else is known.
 */
public interface Dialect {

    /** Returns where prompts are posted: an absolute http or https address. */
    URI chatCompletions();

    /** Returns how the service embeds texts; empty if it doesn't. Empty unless overridden. */
    default Optional<EmbeddingApi> embeddings() {
        return Optional.empty();
    }

    /** Returns headers to send beside those of the protocol, by name; never the credential. None unless overridden. */
    default Map<String, String> headers() {
        return Map.of();
    }

    /** Returns the field that bounds a completion's length. */
    default String maxTokensField() {
        return "max_tokens";
    }

    /** Returns whether {@code stream_options.include_usage} has to be sent to be told the usage of a stream. */
    default boolean asksForStreamUsage() {
        return true;
    }

    /** Returns whether an answer of the conversation may have its {@code reasoning_content}; else it is left out. */
    default boolean takesReasoningBack() {
        return true;
    }

    /**
     * Says before a call that the service can't take a prompt.
     *
     * <p>Unless overridden: a number of answers {@code n} above {@link #mostChoices}.
     *
     * @return why not, in a sentence; empty if it can
     */
    default Optional<String> refuses(Prompt prompt, String model) {
        Object choices = prompt.parameters().extras().getOrDefault("n", 1);
        boolean right = choices instanceof Number number
                && number.doubleValue() == number.longValue()
                && number.longValue() >= 1
                && number.longValue() <= mostChoices();
        if (right) {
            return Optional.empty();
        }
        return Optional.of(
                mostChoices() == 1
                        ? "n must be 1: this service gives one answer"
                        : "n must be a whole number from 1 to " + mostChoices());
    }

    /** Returns how many answers to one prompt the service gives at most, by {@code n}. */
    default int mostChoices() {
        return 1;
    }

    /**
     * Says what the service will count when a prompt arrives.
     *
     * <p>Unless overridden: the prompt's tokens, estimated, and of the completion what was made.
     */
    default Admission admission(Prompt prompt, String model) {
        return Admission.asMade(
                        PromptTokens.estimate(prompt), prompt.parameters().maxTokens())
                .times(prompt.parameters().choices());
    }

    /** Receives the head of every response before its body is read. Does nothing unless overridden. */
    default void answered(ResponseHead head) {}

    /** Returns what the headers of a response, good or bad, say about limits; empty if nothing. */
    default List<RateLimitReport> limits(ResponseHead head) {
        return RateLimitHeaders.ofUnknownService(head);
    }

    /** Returns what an error says about limits beyond its headers. Nothing unless overridden. */
    default List<RateLimitReport> limits(ServiceError error) {
        return List.of();
    }

    /** Returns what an error means. */
    default Verdict judge(ServiceError error) {
        return FailureTable.judge(error, limits(error.head()));
    }

    /**
     * Returns what an answer, or a chunk of one, says of its usage.
     *
     * @param answer a JSON object
     * @return a JSON object as the protocol has it under {@code usage}; empty if it says nothing
     */
    default Optional<JsonNode> usage(JsonNode answer) {
        return JsonFields.object(answer, "usage");
    }

    /**
     * Finds the error that stands in what should be an answer, or a chunk of one.
     *
     * @param answer a JSON object
     * @return the object that holds it under {@code error}; empty if there is no error
     */
    default Optional<JsonNode> error(JsonNode answer) {
        return Optional.of(answer)
                .filter(holder -> JsonFields.present(holder, "error").isPresent());
    }
}
