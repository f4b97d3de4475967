package dev.whippletree.emulator.simulation;

import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * That the engine goes on with other accounts and another route. Immutable.
 *
 * @param at when
 * @param accounts who may be asked from then on
 * @param reconnected the ids of those whose provider has other settings, so that they are connected anew
 * @param route the only route; its deadline, retries and timeouts are those that it had
 * @param weights how tenants share from then on
 */
record Reload(
        Duration at,
        List<SimulatedAccount> accounts,
        Set<String> reconnected,
        RouteSettings route,
        TenantWeights weights) {

    /** Copies what is mutable. */
    Reload {
        accounts = List.copyOf(accounts);
        reconnected = Collections.unmodifiableSet(new TreeSet<>(reconnected));
    }
}
