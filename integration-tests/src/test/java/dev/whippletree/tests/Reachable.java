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
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Walks from an object to all that Whippletree's own objects hold, in fields, collections and what lambdas captured.
 */
final class Reachable {

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Held> ahead = new ArrayDeque<>();
    private final String wanted;
    private final Set<String> holders = new TreeSet<>();

    /** An object, and the class of ours that holds it. */
    private record Held(Object object, String holder) {}

    private Reachable(String wanted, Object... roots) throws IllegalAccessException {
        this.wanted = wanted;
        for (Object root : roots) {
            add(root, "nobody");
        }
        while (!ahead.isEmpty()) {
            open(ahead.remove());
        }
    }

    /** Returns Whippletree's own objects among those that can be reached, the object itself included. */
    static List<Object> from(Object root) throws IllegalAccessException {
        return new Reachable("", root)
                .seen.stream().filter(object -> isOurs(object.getClass())).toList();
    }

    /** Returns the simple names of the classes that hold a string with that in it; of a lambda, whose it is. */
    static Set<String> holdersOf(String wanted, Object... roots) throws IllegalAccessException {
        return new Reachable(wanted, roots).holders;
    }

    private void add(@Nullable Object object, String holder) {
        if (object instanceof CharSequence text) {
            if (text.toString().contains(wanted)) {
                holders.add(holder);
            }
        } else if (object != null && seen.add(object)) {
            ahead.add(new Held(object, holder));
        }
    }

    private void open(Held held) throws IllegalAccessException {
        Object object = held.object();
        if (isOurs(object.getClass())) {
            openFields(object);
        }
        if (object instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                add(key, held.holder());
                add(value, held.holder());
            });
        } else if (object instanceof Collection<?> collection) {
            collection.forEach(element -> add(element, held.holder()));
        } else if (object instanceof Optional<?> optional) {
            optional.ifPresent(value -> add(value, held.holder()));
        } else if (object instanceof AtomicReference<?> reference) {
            add(reference.get(), held.holder());
        } else if (object instanceof Object[] array) {
            Arrays.asList(array).forEach(element -> add(element, held.holder()));
        }
    }

    private void openFields(Object object) throws IllegalAccessException {
        String holder = object.getClass().getSimpleName().replaceFirst("\\$\\$Lambda.*", "");
        for (Class<?> type = object.getClass(); type != null && isOurs(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    add(field.get(object), holder);
                }
            }
        }
    }

    private static boolean isOurs(Class<?> type) {
        return type.getName().startsWith("dev.whippletree.");
    }
}
