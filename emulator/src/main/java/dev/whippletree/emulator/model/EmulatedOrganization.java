package dev.whippletree.emulator.model;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * An organization, whose accounts share limits and credit. Immutable.
 *
 * @param id its name
 * @param limits its limits; the first one that is hit refuses a request
 * @param creditTokens the number of tokens its credit pays for, 0 or more; absent: unlimited
 */
public record EmulatedOrganization(String id, List<ServiceLimit> limits, OptionalLong creditTokens) {

    public EmulatedOrganization {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(creditTokens, "creditTokens");
        limits = List.copyOf(limits);
    }

    public static EmulatedOrganization of(String id, ServiceLimit... limits) {
        return new EmulatedOrganization(id, List.of(limits), OptionalLong.empty());
    }
}
