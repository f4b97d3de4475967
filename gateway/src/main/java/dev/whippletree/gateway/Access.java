package dev.whippletree.gateway;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import java.util.Optional;

/**
 * Who may ask, and by which names; swapped as a whole when the configuration is reloaded. Thread-safe.
 *
 * @param models what may be asked
 * @param clients who may ask
 */
record Access(ModelNames models, Clients clients) {

    /**
     * Takes it from a configuration.
     *
     * @param before what held so far: a client that keeps its name and its limits keeps what it has used
     */
    static Access of(Configuration configuration, GatewaySettings settings, Optional<Access> before) {
        return new Access(new ModelNames(configuration), new Clients(settings, before.map(Access::clients)));
    }
}
