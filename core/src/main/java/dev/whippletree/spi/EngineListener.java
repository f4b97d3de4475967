package dev.whippletree.spi;

import dev.whippletree.model.Failure;
import dev.whippletree.model.Origin;
import dev.whippletree.model.PromptException;
import java.time.Duration;

/**
 * Is told what the engine does, after it did it, never under its lock. Thread-safe. Must not block; what it throws is logged
 * and goes no further. Told serially about one flight, in any order about several.
 */
public interface EngineListener {

    /** A prompt was answered, {@code took} after it was submitted. */
    default void answered(Origin origin, Duration took) {}

    /** A prompt ended without an answer. */
    default void failed(PromptException.Reason reason, Duration took) {}

    /** An attempt gave an answer. */
    default void attemptAnswered(String account, String model, Duration took) {}

    /** An attempt gave none. */
    default void attemptFailed(String account, String model, Failure failure, Duration took) {}

    /** An account closed, cools down or is off. */
    default void closed(String account, String reason) {}

    /** An account is open again. */
    default void reopened(String account) {}
}
