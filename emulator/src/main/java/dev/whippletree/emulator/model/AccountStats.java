package dev.whippletree.emulator.model;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Statistics of one account's requests. Immutable.
 *
 * @param account its id
 * @param organization the organization whose limits it shares
 * @param calls requests that arrived with its token
 * @param answered requests with a complete answer
 * @param rateLimited requests answered 429
 * @param outcomes requests by outcome: a status, or the name of a fault such as {@code reset} or {@code cut}
 */
public record AccountStats(
        String account, String organization, long calls, long answered, long rateLimited, Map<String, Long> outcomes) {

    public AccountStats {
        outcomes = Collections.unmodifiableMap(new TreeMap<>(outcomes));
    }
}
