package dev.whippletree.spi;

import java.util.Set;

/** A kind of cache. Stateless; thread-safe. */
public interface Cache {

    /** Returns the name by which configurations choose it: lower case, unique. */
    String name();

    /**
     * Returns whether it works without settings and without anything outside this process. Such a cache is used where a
     * configuration says nothing of caches.
     */
    default boolean isSelfContained() {
        return false;
    }

    /**
     * Returns whether what it holds is lost when the process ends. A program that asks once and ends leaves such a
     * cache unopened. By default that is so of a self-contained one.
     */
    default boolean endsWithProcess() {
        return isSelfContained();
    }

    /**
     * Returns whether all processes that open it alike find each other's answers in it. Where that is so, a question
     * that one of them is asking needn't be asked by another; see {@link Coordination#claim}.
     */
    default boolean isShared() {
        return false;
    }

    /** Returns the settings it knows. */
    Set<SettingKey> settings();

    /**
     * Opens a cache. Doesn't wait for a server: one that can't be reached yet gives faults until it can.
     *
     * @param settings the user's values
     * @param services what to use instead of own clocks and threads
     * @throws IllegalArgumentException if a setting's value can't be used, saying which and why
     */
    CacheStore open(Settings settings, Services services);
}
