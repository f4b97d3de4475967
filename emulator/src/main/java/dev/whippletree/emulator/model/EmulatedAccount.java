package dev.whippletree.emulator.model;

import java.util.Objects;
import java.util.Optional;

/**
 * An account of an emulated service. Immutable.
 *
 * @param id what statistics and fault rules call it
 * @param token the credential that belongs to it; not a secret, since it opens nothing but the emulator
 * @param organization whose limits and credit it shares
 * @param latency how long its answers take; absent: as the service's
 */
public record EmulatedAccount(String id, String token, String organization, Optional<Latency> latency) {

    /** Checks that nothing is null. */
    public EmulatedAccount {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(organization, "organization");
        Objects.requireNonNull(latency, "latency");
    }
}
