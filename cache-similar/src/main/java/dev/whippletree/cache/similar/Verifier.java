package dev.whippletree.cache.similar;

import dev.whippletree.model.Completion;

/**
 * Decides whether the answers to two similar questions agree. Its verdicts define what "wrong" means for the bound.
 * Thread-safe; found by {@link java.util.ServiceLoader} in the cache's class loader, so it needs a public constructor
 * without arguments.
 */
public interface Verifier {

    /** Returns the name by which configurations choose it: lower case, unique. */
    String name();

    /**
     * Returns whether the stored answer would have done as well as the fresh one. Asked on the cache's own workers: may
     * take a while, as a judge does that is itself a model.
     *
     * @param question what was asked
     * @param stored what a similar question was answered
     * @param fresh what this one was answered
     */
    boolean agree(String question, Completion stored, Completion fresh);
}
