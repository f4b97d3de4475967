package dev.whippletree.engine.pool;

import dev.whippletree.model.Secret;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the accounts of a pool whose token a topology replaces. Reads tokens, so never under the engine's lock. */
public final class TokenChanges {

    private final Map<String, Optional<Secret>> tokens = new HashMap<>();

    public TokenChanges(Pool pool) {
        pool.accounts()
                .forEach(account -> tokens.put(account.id(), account.settings().token()));
    }

    /** Returns the ids of the accounts that were there and get another token; one that can't be read counts as another. */
    public Set<String> in(Topology next) {
        Set<String> changed = new HashSet<>();
        for (Topology.OpenAccount open : next.accounts()) {
            String id = open.settings().id();
            Optional<Secret> before = tokens.get(id);
            if (before != null && !isSame(before, open.settings().token())) {
                changed.add(id);
            }
        }
        return changed;
    }

    private static boolean isSame(Optional<Secret> one, Optional<Secret> other) {
        try {
            return one.map(Secret::reveal).equals(other.map(Secret::reveal));
        } catch (RuntimeException e) {
            return false;
        }
    }
}
