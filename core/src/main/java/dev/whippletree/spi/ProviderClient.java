package dev.whippletree.spi;

import dev.whippletree.model.Prompt;
import java.util.Optional;

/** One account, open for calls. Thread-safe. No method blocks. */
public interface ProviderClient extends AutoCloseable {

    /**
     * Says before a call that the service can't take a prompt. Depends on what {@link #admission} does.
     *
     * @param prompt what would be sent
     * @param model the service's own name of the model
     * @return why not, in a sentence; empty if it can
     */
    default Optional<String> refuses(Prompt prompt, String model) {
        return Optional.empty();
    }

    /**
     * Says what the service will count when a prompt arrives. Depends on the prompt, the model and the account's own settings alone:
     * of several accounts that agree in those, one is asked.
     */
    Admission admission(Prompt prompt, String model);

    /**
     * Makes one call. Tells the sink what happens, serially, ending with exactly one of {@code done} and {@code failed}.
     *
     * <p>Never repeats a call, never waits for a limit, never queues: all that is the engine's. Whatever goes wrong is told to
     * the sink; an exception thrown here is taken for {@link dev.whippletree.model.FailureKind#UNAVAILABLE}.
     *
     * @param prompt what to send
     * @param model the service's own name of the model
     * @param sink who is told; may be called from any thread, before this method returns too
     * @return a handle that breaks the call off; afterwards the sink ignores what it is told
     */
    Cancellable send(Prompt prompt, String model, AttemptSink sink);

    /** Breaks off what is under way and frees what is held. Doesn't wait. */
    @Override
    void close();
}
