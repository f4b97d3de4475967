package dev.whippletree.config;

import dev.whippletree.model.Secret;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Maps keys of a gateway to their owners: no two clients may have the same key, and no client the watch key. Confined
 * to one check.
 */
final class KeyOwners {

    /** Keys are to be drawn by a machine: 16 characters of a hexadecimal number are 64 bits. */
    private static final int ENOUGH_CHARACTERS = 16;

    private final Map<String, String> owners = new HashMap<>();

    /**
     * Remembers a key.
     *
     * @param owner who shows it, as a message names it
     * @return what is wrong if somebody else shows it as well, or if it can't be read; never the key
     */
    Optional<String> claim(String owner, Secret key) {
        try {
            return Optional.ofNullable(owners.putIfAbsent(key.reveal(), owner))
                    .map(other -> other + " and " + owner + " have the same key; give each its own key");
        } catch (RuntimeException e) {
            return Optional.of("the key of " + owner + " can't be read: " + e.getMessage());
        }
    }

    /** Returns a warning about a key that is short enough to be guessed; none about one that can't be read. */
    static Optional<String> weakness(String owner, Secret key) {
        try {
            return key.reveal().length() >= ENOUGH_CHARACTERS
                    ? Optional.empty()
                    : Optional.of("the key of " + owner + " has fewer than " + ENOUGH_CHARACTERS
                            + " characters, so it could be guessed; use a longer one, for example from"
                            + " 'openssl rand -hex 32'");
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Returns what messages call a client. */
    static String client(String name) {
        return "client '" + name + "'";
    }

    /** Returns what messages call whoever watches. */
    static String watcher() {
        return "gateway.watch-key";
    }
}
