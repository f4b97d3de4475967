package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.testkit.Contracts;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A way to break the contract, and which of its tests find it.
 *
 * @param name what is wrong
 * @param contract the contract over a coordinator that breaks it
 * @param change breaks a coordination; made anew for each test of the contract
 * @param tests the names of tests that must fail
 */
record Fault(
        String name, Class<? extends BrokenContract> contract, Supplier<Consumer<Changed>> change, List<String> tests) {

    static Fault of(String name, Consumer<Changed> change, String... tests) {
        return ofState(name, () -> change, tests);
    }

    /** Returns one that remembers something from coordination to coordination. */
    static Fault ofState(String name, Supplier<Consumer<Changed>> change, String... tests) {
        return new Fault(name, BrokenContract.class, change, List.of(tests));
    }

    static Fault of(Class<? extends BrokenContract> contract, String... tests) {
        return new Fault(contract.getSimpleName(), contract, () -> right -> {}, List.of(tests));
    }

    void assertFound() {
        BrokenContract.FAULT.set(change);
        try {
            assertThat(Contracts.failuresOf(contract, tests))
                    .as("tests of the contract that fail for a coordinator of which %s", name)
                    .containsExactlyInAnyOrderElementsOf(tests);
        } finally {
            BrokenContract.FAULT.remove();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
