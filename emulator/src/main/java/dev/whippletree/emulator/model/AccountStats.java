package dev.whippletree.emulator.model;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What became of one account's requests. Immutable.
 *
 * @param account its id
 * @param organization whose limits it shares
 * @param calls requests that arrived with its token
 * @param answered requests that were answered whole
 * @param rateLimited requests answered 429
 * @param outcomes requests by what became of them: a status, or the name of a fault such as {@code reset} or {@code cut}
 */
public record AccountStats(
        String account, String organization, long calls, long answered, long rateLimited, Map<String, Long> outcomes) {

    /** Copies what is mutable, in order of the keys. */
    public AccountStats {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(organization, "organization");
        outcomes = Collections.unmodifiableMap(new TreeMap<>(outcomes));
    }
}
