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
     * The engine is ready. Told once, before anything else.
     *
     * @param status says how everything stands; may be asked at any time, from any thread, until {@link #ended}
     */
    default void started(Supplier<StatusSnapshot> status) {}

    /** The engine takes no more prompts and none is under way. Told once; the ends of the last prompts may be told after it. */
    default void ended() {}

    /**
     * A prompt has opened a flight, since no equal one was on its way. Told on the thread that submitted the prompt, or subscribed to
     * its stream, before anything is done for it; so what belongs to that thread, such as a trace, can be taken along.
     *
     * @param prompt as it will be sent
     * @return hears of each call made for the flight, in place of {@link #called}
     */
    default Consumer<ServiceCall> opened(Prompt prompt) {
        return this::called;
    }

    /** A call to a service has ended. Calls that were never sent aren't told of. */
    default void called(ServiceCall call) {}

    /** A prompt was answered, {@code took} after it was submitted. */
    default void answered(Origin origin, Duration took) {}

    /** A prompt ended without an answer. */
    default void failed(PromptException.Reason reason, Duration took) {}

    /** A prompt's caller gave up. */
    default void cancelled(Duration took) {}

    /** An account closed, cools down or is off. */
    default void closed(String account, String reason) {}

    /** An account is open again. */
    default void reopened(String account) {}
}
