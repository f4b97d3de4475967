package dev.whippletree.engine.pool;

import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Scope;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The accounts, scopes, targets and routes of one configuration. Immutable; the engine's lock guards what is in them.
 *
 * @param scopes what limits and closures apply to; also those that no account is of any longer, which are still counted
 * @param accounts the accounts by id
 * @param targets the targets by id
 * @param routes the routes by name
 * @param defaultRoute the name of the route of prompts that name none
 */
record PoolSnapshot(
        Map<Scope, ScopeState> scopes,
        Map<String, Account> accounts,
        Map<String, Target> targets,
        Map<String, Route> routes,
        String defaultRoute) {

    /** Nobody is there. */
    static final PoolSnapshot EMPTY = new PoolSnapshot(Map.of(), Map.of(), Map.of(), Map.of(), "");

    /** Copies the maps, in their order. */
    PoolSnapshot {
        scopes = Collections.unmodifiableMap(new LinkedHashMap<>(scopes));
        accounts = Collections.unmodifiableMap(new LinkedHashMap<>(accounts));
        targets = Collections.unmodifiableMap(new LinkedHashMap<>(targets));
        routes = Collections.unmodifiableMap(new LinkedHashMap<>(routes));
    }
}
