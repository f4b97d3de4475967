package dev.whippletree.emulator.model;

import java.util.OptionalInt;

/**
 * How many requests a service processes at once; the others wait in order of arrival. Immutable.
 *
 * @param ofService for all accounts together, 1 or more; absent: any number
 * @param ofAccount for each account, 1 or more; absent: any number
 */
public record Capacity(OptionalInt ofService, OptionalInt ofAccount) {

    /** Nobody waits. */
    public static final Capacity UNLIMITED = new Capacity(OptionalInt.empty(), OptionalInt.empty());

    /** Checks the ranges. */
    public Capacity {
        if (ofService.orElse(1) < 1 || ofAccount.orElse(1) < 1) {
            throw new IllegalArgumentException("a service works on 1 or more requests at once");
        }
    }

    /** Returns a capacity that all accounts share, 1 or more. */
    public static Capacity ofService(int requests) {
        return new Capacity(OptionalInt.of(requests), OptionalInt.empty());
    }

    /** Returns a capacity that each account has for itself, 1 or more. */
    public static Capacity ofAccount(int requests) {
        return new Capacity(OptionalInt.empty(), OptionalInt.of(requests));
    }
}
