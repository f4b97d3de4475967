package dev.whippletree.spi;

import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Receives the engine's events, after they happened and never under its lock. Thread-safe. Must not block; the engine
 * logs what it throws. Events of one flight arrive serially, events of several flights in any order.
 */
public interface EngineListener {

    /**
     * The engine is ready. Called once, before all other events; a listener that throws here is told of none of them.
     *
     * @param status returns the present status; may be called at any time, from any thread, until {@link #ended}
     */
    default void started(Supplier<StatusSnapshot> status) {}

    /**
     * The engine takes no more prompts and none is under way. Called once; the ends of the last prompts may follow.
     */
    default void ended() {}

    /**
     * A prompt has opened a flight, because no equal one was under way. Called on the thread that submitted the prompt,
     * or subscribed to its stream, before the engine does anything for it; so the listener can capture that thread's
     * context, such as a trace.
     *
     * @param prompt as it will be sent
     * @return receives each call made for the flight, instead of {@link #called}
     */
    default Consumer<ServiceCall> opened(Prompt prompt) {
        return this::called;
    }

    /**
     * A call to a service has ended. Calls aren't reported that were never sent, or that the engine repeats because
     * {@linkplain AttemptSink#staleConnection their connection was stale}.
     */
    default void called(ServiceCall call) {}

    /** A prompt was answered, {@code took} after it was submitted. */
    default void answered(Origin origin, Duration took) {}

    /** A prompt ended without an answer. */
    default void failed(PromptException.Reason reason, Duration took) {}

    /** A prompt's caller gave up, or was refused shortly before ({@link PromptException.Reason#CALLER_TIMEOUT}). */
    default void cancelled(Duration took) {}

    /** An account closed, cools down or is off: of an organization that closes, the one whose call was refused. */
    default void closed(String account, String reason) {}

    /** An account is open again; of an organization, each one, whether {@link #closed} was told of it or not. */
    default void reopened(String account) {}
}
