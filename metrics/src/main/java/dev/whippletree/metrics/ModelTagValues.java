package dev.whippletree.metrics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Bounds the number of series for a service that names its model differently in each answer. Thread-safe. */
final class ModelTagValues {

    static final int MOST = 100;

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** Returns the name, or {@code _OTHER} if it is new and there are as many as there may be. */
    String bounded(String name) {
        if (known.contains(name) || (known.size() < MOST && known.add(name))) {
            return name;
        }
        return Own.OTHER;
    }
}
