package dev.whippletree.engine.flight;

import dev.whippletree.model.Completion;
import java.time.Instant;
import java.util.Optional;

/** Stores a flight's answer in another form than the caches would. Thread-safe; doesn't block. */
public interface AnswerStore {

    /**
     * Stores an answer. Called once, without the engine's lock, when the flight has its answer.
     *
     * @param until when the answer expires; absent: it mustn't be stored
     * @param stored has to be run once in any case; until then, equal prompts get this answer
     */
    void store(Completion answer, Optional<Instant> until, Runnable stored);
}
