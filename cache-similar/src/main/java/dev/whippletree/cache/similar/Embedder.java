package dev.whippletree.cache.similar;

/**
 * A kind of model that turns questions into vectors, so that questions of similar meaning are close together.
 * Stateless; thread-safe; found by {@link java.util.ServiceLoader} in the cache's class loader, so it needs a public
 * constructor without arguments.
 */
public interface Embedder {

    /** Returns the name by which configurations choose it: lower case, unique. */
    String name();

    /**
     * Loads the model. May block for a second or two.
     *
     * @throws IllegalStateException if it can't work here, as on a platform that it has no native code for; says why
     *     and what to do
     */
    Embedding open();
}
