package dev.whippletree.cache.similar;

import java.util.Optional;

/** A loaded model. Thread-safe. */
public interface Embedding extends AutoCloseable {

    /**
     * Returns the vector of a question. Blocks for milliseconds.
     *
     * @return of length 1, always of as many numbers; absent: the text is longer than the model reads, or in words it
     *     doesn't know, and what it would say of it means nothing
     */
    Optional<float[]> embed(String text);

    /** Frees what is held. Not called while a vector is being made. */
    @Override
    void close();
}
