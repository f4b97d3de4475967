package dev.whippletree.spi;

import dev.whippletree.model.Prompt;
import java.util.Optional;

/** One account, open for calls. Thread-safe. No method blocks. */
public interface ProviderClient extends AutoCloseable {

    /**
     * Checks before a call whether the service can take a prompt. Depends on the same values as {@link #admission}.
     *
     * @param prompt the prompt to send
     * @param model the service's name of the model
     * @return the reason, a sentence; empty if the service can take it
     */
    default Optional<String> refuses(Prompt prompt, String model) {
        return Optional.empty();
    }

    /**
     * Estimates the tokens that the service will count when a prompt arrives. Depends only on the prompt, the model and
     * the account's own settings: the engine asks one of several accounts with equal settings.
     */
    Admission admission(Prompt prompt, String model);

    /**
     * Returns the most that one call may embed. To a prompt of the operation {@link Prompt.Operation#EMBEDDING}, the
     * client answers with one piece of text: for each message, in order, a line with its vector as
     * {@link dev.whippletree.model.Embedding#base64} has it. The answer ends with {@code STOP}.
     *
     * @return empty if the service embeds nothing; then the engine sends it no such prompts
     */
    default Optional<EmbeddingBounds> embeddings() {
        return Optional.empty();
    }

    /**
     * Makes one call. Doesn't block: this may be the thread of the prompt's caller. Reports its events to the sink,
     * serially, ending with exactly one of {@code done} and {@code failed}.
     *
     * <p>Never repeats a call, except for a {@linkplain AttemptSink#staleConnection stale connection}, never waits
     * for a limit, never queues: the engine does all that. Reports every failure to the sink; an exception thrown here
     * counts as {@link dev.whippletree.model.FailureKind#UNAVAILABLE}.
     *
     * @param prompt the prompt to send
     * @param model the service's name of the model
     * @param sink receives the events; may be called from any thread, also before this method returns
     * @return cancels the call; afterwards the sink ignores all events
     */
    Cancellable send(Prompt prompt, String model, AttemptSink sink);

    /** Cancels calls under way and frees all resources. Doesn't wait. */
    @Override
    void close();
}
