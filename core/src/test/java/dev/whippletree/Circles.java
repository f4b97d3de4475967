package dev.whippletree;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds classes that know each other, directly or through others: by Tarjan's algorithm (SIAM Journal on Computing 1,
 * 1972).
 */
final class Circles {

    private final Map<String, Set<String>> known;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> path = new ArrayDeque<>();
    private final List<Set<String>> circles = new ArrayList<>();

    private Circles(Map<String, Set<String>> known) {
        this.known = known;
    }

    /** Returns the circles of more than one class. A nested class counts as the one around it. */
    static List<Set<String>> among(Iterable<JavaClass> classes) {
        Map<String, Set<String>> known = new HashMap<>();
        for (JavaClass one : classes) {
            known.computeIfAbsent(outermost(one), name -> new HashSet<>());
        }
        for (JavaClass one : classes) {
            for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
                String target = outermost(dependency.getTargetClass());
                if (known.containsKey(target) && !target.equals(outermost(one))) {
                    known.computeIfAbsent(outermost(one), name -> new HashSet<>())
                            .add(target);
                }
            }
        }
        Circles found = new Circles(known);
        known.keySet().stream().filter(name -> !found.indexes.containsKey(name)).forEach(found::visit);
        return found.circles;
    }

    private static String outermost(JavaClass one) {
        return one.getEnclosingClass().map(Circles::outermost).orElseGet(one::getName);
    }

    private void visit(String name) {
        int index = indexes.size();
        indexes.put(name, index);
        lowest.put(name, index);
        path.push(name);
        for (String next : known.getOrDefault(name, Set.of())) {
            if (!indexes.containsKey(next)) {
                visit(next);
                lower(name, lowest.getOrDefault(next, index));
            } else if (path.contains(next)) {
                lower(name, indexes.getOrDefault(next, index));
            }
        }
        if (lowest.getOrDefault(name, index) == index) {
            close(name);
        }
    }

    private void lower(String name, int index) {
        lowest.merge(name, index, Math::min);
    }

    private void close(String name) {
        Set<String> circle = new TreeSet<>();
        while (!circle.contains(name)) {
            circle.add(path.pop());
        }
        if (circle.size() > 1) {
            circles.add(circle);
        }
    }
}
