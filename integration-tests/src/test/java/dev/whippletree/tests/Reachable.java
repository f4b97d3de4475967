package dev.whippletree.tests;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Walks from an object to all of Whippletree's own objects that it holds, in fields, collections and what lambdas
 * captured.
 */
final class Reachable {

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> ahead = new ArrayDeque<>();

    private Reachable() {}

    /** Returns Whippletree's own objects among those that can be reached, the object itself included. */
    static List<Object> from(Object root) throws IllegalAccessException {
        Reachable walk = new Reachable();
        walk.add(root);
        while (!walk.ahead.isEmpty()) {
            walk.open(walk.ahead.remove());
        }
        return walk.seen.stream().filter(Reachable::isOurs).toList();
    }

    private static boolean isOurs(Object object) {
        return object.getClass().getName().startsWith("dev.whippletree.");
    }

    private void add(@Nullable Object object) {
        if (object != null && seen.add(object)) {
            ahead.add(object);
        }
    }

    private void open(Object object) throws IllegalAccessException {
        if (object instanceof Map<?, ?> map) {
            map.keySet().forEach(this::add);
            map.values().forEach(this::add);
        } else if (object instanceof Collection<?> collection) {
            collection.forEach(this::add);
        } else if (object instanceof Optional<?> optional) {
            optional.ifPresent(this::add);
        } else if (object instanceof AtomicReference<?> reference) {
            add(reference.get());
        } else if (object instanceof Object[] array) {
            Arrays.asList(array).forEach(this::add);
        } else if (isOurs(object)) {
            openFields(object);
        }
    }

    private void openFields(Object object) throws IllegalAccessException {
        for (Class<?> type = object.getClass();
                type != null && type.getName().startsWith("dev.whippletree.");
                type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    add(field.get(object));
                }
            }
        }
    }
}
