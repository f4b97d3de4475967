package dev.whippletree.emulator.model;

import java.util.OptionalInt;

/**
 * How many requests a service processes at once; the others wait in order of arrival. Immutable.
 *
 * @param ofService for all accounts together, 1 or more; absent: any number
 * @param ofAccount for each account, 1 or more; absent: any number
 */
public record ServiceCapacity(OptionalInt ofService, OptionalInt ofAccount) {

    /** Nobody waits. */
    public static final ServiceCapacity UNLIMITED = new ServiceCapacity(OptionalInt.empty(), OptionalInt.empty());

    /** Checks the ranges. */
    public ServiceCapacity {
        if (ofService.orElse(1) < 1 || ofAccount.orElse(1) < 1) {
            throw new IllegalArgumentException("a service works on 1 or more requests at once");
        }
    }

    /** Returns a capacity that all accounts share, 1 or more. */
    public static ServiceCapacity ofService(int requests) {
        return new ServiceCapacity(OptionalInt.of(requests), OptionalInt.empty());
    }

    /** Returns a capacity that each account has for itself, 1 or more. */
    public static ServiceCapacity ofAccount(int requests) {
        return new ServiceCapacity(OptionalInt.empty(), OptionalInt.of(requests));
    }
}
