package dev.whippletree;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds classes that know each other, directly or through others. Stateless. */
final class Circles {

    private Circles() {}

    /** Returns the circles of more than one class. A nested class counts as the one around it. */
    static List<Set<String>> among(Iterable<JavaClass> classes) {
        Map<String, Set<String>> known = new HashMap<>();
        for (JavaClass one : classes) {
            Set<String> targets = known.computeIfAbsent(outermost(one), name -> new HashSet<>());
            for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
                targets.add(outermost(dependency.getTargetClass()));
            }
        }
        Map<String, Set<String>> reached =
                known.keySet().stream().collect(Collectors.toMap(name -> name, name -> reached(name, known)));
        return reached.keySet().stream()
                .map(name -> reached.get(name).stream()
                        .filter(other -> reached.getOrDefault(other, Set.of()).contains(name))
                        .collect(Collectors.toSet()))
                .filter(circle -> circle.size() > 1)
                .distinct()
                .toList();
    }

    private static String outermost(JavaClass one) {
        return one.getEnclosingClass().map(Circles::outermost).orElseGet(one::getName);
    }

    private static Set<String> reached(String from, Map<String, Set<String>> known) {
        Set<String> reached = new HashSet<>(Set.of(from));
        Deque<String> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            known.getOrDefault(open.pop(), Set.of()).stream()
                    .filter(reached::add)
                    .forEach(open::push);
        }
        return reached;
    }
}
