package dev.whippletree.engine;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import java.util.concurrent.CompletableFuture;

/** Lets simulations ask as a caller does who watches the answer come. Stateless. */
public final class StreamingDoor {

    private StreamingDoor() {}

    /** Answers a prompt; attempts for it ask the service for the answer piece by piece. */
    public static CompletableFuture<Completion> complete(Engine engine, Prompt prompt) {
        return engine.submit(prompt, true);
    }
}
