package dev.whippletree.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs a contract as JUnit would, to see what it says of a plugin that breaks it. */
public final class Contracts {

    private Contracts() {}

    /** Returns the names of the contract's methods that failed. */
    public static Set<String> failuresOf(Class<?> contractTest) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(contractTest))
                .execute()
                .testEvents()
                .failed()
                .stream()
                .map(Event::getTestDescriptor)
                .map(Contracts::methodOf)
                .collect(Collectors.toSet());
    }

    private static String methodOf(TestDescriptor test) {
        return ((MethodSource) test.getSource().orElseThrow()).getMethodName();
    }
}
