package dev.whippletree.emulator.model;

import java.util.Objects;
import java.util.Optional;

/**
 * An account of an emulated service. Immutable.
 *
 * @param id its name in statistics and fault rules
 * @param token its credential; not a secret, because it only opens the emulator
 * @param organization the organization whose limits and credit it shares
 * @param latency how long its answers take; absent: the service's latency
 */
public record EmulatedAccount(String id, String token, String organization, Optional<Latency> latency) {

    public EmulatedAccount {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(organization, "organization");
        Objects.requireNonNull(latency, "latency");
    }
}
