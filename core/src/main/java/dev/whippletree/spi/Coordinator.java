package dev.whippletree.spi;

import java.util.Set;

/** A kind of coordinator, for several processes that use the same accounts. Stateless; thread-safe. */
public interface Coordinator {

    /** Returns the name by which configurations choose it: lower case, unique. */
    String name();

    /** Returns the settings it knows. */
    Set<SettingKey> settings();

    /**
     * Opens a coordination. Doesn't wait for a server: while none can be reached, this process works alone, as {@link
     * Coordination} describes.
     *
     * @param settings the user's values
     * @param services what to use instead of own clocks and threads
     * @throws IllegalArgumentException if a setting's value can't be used, saying which and why
     */
    Coordination open(Settings settings, Services services);
}
