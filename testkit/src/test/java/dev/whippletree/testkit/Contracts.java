package dev.whippletree.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs a contract as JUnit would, to see what it says of a plugin that breaks it. */
public final class Contracts {

    private Contracts() {}

    /** Returns the names of the contract's methods that failed. */
    public static Set<String> failuresOf(Class<?> contractTest) {
        return failuresOf(List.of(selectClass(contractTest)));
    }

    /** Returns which of some of the contract's methods failed, without running the others. */
    public static Set<String> failuresOf(Class<?> contractTest, Collection<String> methods) {
        return failuresOf(ReflectionSupport.findMethods(
                        contractTest, method -> methods.contains(method.getName()), HierarchyTraversalMode.TOP_DOWN)
                .stream()
                .map(method -> selectMethod(contractTest, method))
                .toList());
    }

    private static Set<String> failuresOf(List<? extends DiscoverySelector> selected) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selected.toArray(DiscoverySelector[]::new))
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
