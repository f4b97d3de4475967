package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.testkit.Contracts;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * A way to break the contract, and which of its tests find it.
 *
 * @param contract the contract over a coordinator that breaks it
 * @param tests the names of tests that must fail
 */
record Fault(Class<? extends BrokenContract> contract, List<String> tests) {

    static Fault of(Class<? extends BrokenContract> contract, String... tests) {
        return new Fault(contract, List.of(tests));
    }

    void assertFound() {
        assertThat(Contracts.failuresOf(contract, tests))
                .as("tests of the contract that fail for a coordinator that is %s", contract.getSimpleName())
                .containsExactlyInAnyOrderElementsOf(tests);
    }

    /** Checks that for each test of a part of the contract there is a fault that it finds. */
    static void assertAllTestsFindSomething(Class<?> part, Stream<Fault> faults) {
        Set<String> tests = Arrays.stream(part.getDeclaredMethods())
                .filter(method ->
                        method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class))
                .map(method -> method.getName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(faults.flatMap(fault -> fault.tests().stream()))
                .as("tests of %s of which a fault shows that they can fail", part.getSimpleName())
                .containsAll(tests);
    }

    @Override
    public String toString() {
        return contract.getSimpleName();
    }
}
