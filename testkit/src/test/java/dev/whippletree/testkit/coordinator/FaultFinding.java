package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A part of the contract finds what it is there to find: for each of its tests there is a fault that it finds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FaultFinding {

    private final Class<?> part;

    FaultFinding(Class<?> part) {
        this.part = part;
    }

    abstract Stream<Fault> faults();

    @ParameterizedTest
    @MethodSource("faults")
    void fault_isFound(Fault fault) {
        fault.assertFound();
    }

    @Test
    void everyTest_findsSomething() {
        assertThat(faults().flatMap(fault -> fault.tests().stream()))
                .as("tests of %s of which a fault shows that they can fail", part.getSimpleName())
                .containsAll(Arrays.stream(part.getDeclaredMethods())
                        .filter(method -> method.isAnnotationPresent(Test.class)
                                || method.isAnnotationPresent(ParameterizedTest.class))
                        .map(Method::getName)
                        .toList());
    }
}
