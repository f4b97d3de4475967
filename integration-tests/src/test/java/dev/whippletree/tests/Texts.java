package dev.whippletree.tests;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which of Whippletree's classes hold a text: in a field, a collection of theirs, or what a lambda captured.
 */
final class Texts {

    private final String wanted;
    private final Set<String> holders = new TreeSet<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Held> ahead = new ArrayDeque<>();

    private record Held(Object object, String holder) {}

    private Texts(String wanted) {
        this.wanted = wanted;
    }

    /**
     * Returns the simple names of the classes that hold a string with that in it, of all that can be reached from some
     * objects.
     */
    static Set<String> holdersOf(String wanted, Object... roots) throws IllegalAccessException {
        Texts walk = new Texts(wanted);
        for (Object root : roots) {
            walk.add(root, "nobody");
        }
        while (!walk.ahead.isEmpty()) {
            walk.open(walk.ahead.remove());
        }
        return walk.holders;
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
        for (Class<?> type = object.getClass(); type != null && isOurs(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    add(field.get(object), name(object.getClass()));
                }
            }
        }
    }

    /** Of a lambda, whose it is. */
    private static String name(Class<?> type) {
        return type.getSimpleName().replaceFirst("\\$\\$Lambda.*", "");
    }

    private static boolean isOurs(Class<?> type) {
        return type.getName().startsWith("dev.whippletree.");
    }
}
