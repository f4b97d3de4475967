package dev.whippletree.spi;

import java.util.Set;

/** A kind of cache. Stateless; thread-safe. */
public interface Cache {

    /** Returns the name by which configurations choose it: lower case, unique. */
    String name();

    /**
     * Returns whether it works without settings and without anything outside this process. Such a cache is used if a
     * configuration names no cache.
     */
    default boolean isSelfContained() {
        return false;
    }

    /**
     * Returns whether its content is lost when the process ends. A program that asks once and ends doesn't open such a
     * cache. By default, this is true of self-contained caches.
     */
    default boolean endsWithProcess() {
        return isSelfContained();
    }

    /**
     * Returns whether processes that open it with the same settings find each other's answers. If so, only one of them
     * needs to ask a question; see {@link Coordination#claim}.
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
