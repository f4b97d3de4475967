package dev.whippletree.gateway;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import java.util.Optional;

/**
 * Who may ask, by which names, and who may watch; swapped as a whole when the configuration is reloaded. Thread-safe.
 *
 * @param models what may be asked
 * @param clients who may ask
 * @param watchers who may see how everything stands
 */
record Access(ModelNames models, Clients clients, Watchers watchers) {

    /**
     * Takes it from a configuration.
     *
     * @param before what held so far: a client that keeps its name keeps what it has used
     */
    static Access of(Configuration configuration, GatewaySettings settings, Optional<Access> before) {
        return new Access(
                new ModelNames(configuration),
                new Clients(settings, before.map(Access::clients)),
                new Watchers(settings));
    }
}
