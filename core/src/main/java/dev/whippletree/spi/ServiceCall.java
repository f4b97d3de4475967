package dev.whippletree.spi;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * An ended call to a service. Immutable. Its parameters may be logged, measured and traced, but never the prompt's
 * text.
 *
 * @param account the account's id
 * @param provider the name of the account's provider
 * @param model the model that was asked for, by the service's own name
 * @param prompt the prompt that was sent
 * @param streaming whether a streamed answer was requested
 * @param startedAt when the call was made
 * @param took from its start to its end
 * @param firstPiece from its start to the first piece of an answer, if any came
 * @param end how it ended
 */
public record ServiceCall(
        String account,
        String provider,
        String model,
        Prompt prompt,
        boolean streaming,
        Instant startedAt,
        Duration took,
        Optional<Duration> firstPiece,
        CallEnd end) {

    /** Rejects null. */
    public ServiceCall {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(took, "took");
        Objects.requireNonNull(firstPiece, "firstPiece");
        Objects.requireNonNull(end, "end");
    }

    /** How a call ended. */
    public sealed interface CallEnd {}

    /**
     * With a whole answer.
     *
     * @param model the model as the service named it; for a router, the model it chose
     * @param finishReason why the answer ended
     * @param usage tokens as the service counted them; absent if not reported
     * @param id the service's id of the answer, if any
     */
    public record Answered(String model, FinishReason finishReason, Optional<TokenUsage> usage, Optional<String> id)
            implements CallEnd {

        /** Rejects null. */
        public Answered {
            Objects.requireNonNull(model, "model");
            Objects.requireNonNull(finishReason, "finishReason");
            Objects.requireNonNull(usage, "usage");
            Objects.requireNonNull(id, "id");
        }
    }

    /**
     * Without an answer, or without all of it.
     *
     * @param failure why
     */
    public record Failed(Failure failure) implements CallEnd {

        /** Checks that it isn't null. */
        public Failed {
            Objects.requireNonNull(failure, "failure");
        }
    }

    /** Cancelled, because no caller wanted the answer any more. */
    public record Cancelled() implements CallEnd {}
}
