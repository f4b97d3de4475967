package dev.whippletree.emulator.model;

import java.util.OptionalInt;

/**
 * How many requests a service processes at once; the others wait in order of arrival. Immutable.
 *
 * @param ofService for all accounts together, 1 or more; absent: any number
 * @param ofAccount for each account, 1 or more; absent: any number
 */
public record ServiceCapacity(OptionalInt ofService, OptionalInt ofAccount) {

    public static final ServiceCapacity UNLIMITED = new ServiceCapacity(OptionalInt.empty(), OptionalInt.empty());

    public ServiceCapacity {
        if (ofService.orElse(1) < 1 || ofAccount.orElse(1) < 1) {
            throw new IllegalArgumentException("a service works on 1 or more requests at once");
        }
    }

    public static ServiceCapacity ofService(int requests) {
        return new ServiceCapacity(OptionalInt.of(requests), OptionalInt.empty());
    }

    public static ServiceCapacity ofAccount(int requests) {
        return new ServiceCapacity(OptionalInt.empty(), OptionalInt.of(requests));
    }
}
