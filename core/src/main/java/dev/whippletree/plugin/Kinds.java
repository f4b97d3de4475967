package dev.whippletree.plugin;

import dev.whippletree.config.Names;
import dev.whippletree.model.ConfigurationException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * The plugins of one sort, by name. Each entry is loaded on its own, so that a broken one harms no other.
 *
 * @param <T> the SPI's interface
 */
final class Kinds<T> {

    private final String sort;
    private final Map<String, Found<T>> byName = new LinkedHashMap<>();
    private final List<String> broken = new ArrayList<>();
    private final List<String> duplicates = new ArrayList<>();

    /**
     * Finds what there is.
     *
     * @param sort what messages call one of them
     * @param type the SPI's interface
     * @param name reads a kind's name
     * @param given kinds beside those that the loader finds
     */
    Kinds(String sort, Class<T> type, Function<T, String> name, List<T> given, ClassLoader loader) {
        this.sort = sort;
        given.forEach(kind -> add(kind, name));
        Iterator<ServiceLoader.Provider<T>> entries =
                ServiceLoader.load(type, loader).stream().iterator();
        while (hasNext(entries)) {
            load(entries, name);
        }
    }

    private boolean hasNext(Iterator<?> entries) {
        while (true) {
            try {
                return entries.hasNext();
            } catch (ServiceConfigurationError e) {
                broken.add(String.valueOf(e.getMessage()));
            }
        }
    }

    private void load(Iterator<ServiceLoader.Provider<T>> entries, Function<T, String> name) {
        String source = "an entry";
        try {
            ServiceLoader.Provider<T> entry = entries.next();
            source = Found.source(entry.type());
            add(entry.get(), name);
        } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            broken.add(source + ": " + cause);
        }
    }

    private void add(T kind, Function<T, String> name) {
        Found<T> found = Found.of(kind);
        String called = name.apply(kind);
        Found<T> other = byName.putIfAbsent(called, found);
        if (other != null && !other.source().equals(found.source())) {
            duplicates.add("two plugins of sort " + sort + " are named '" + called + "': " + other.source() + " and "
                    + found.source() + "; remove one");
        }
    }

    /** Returns what can't be loaded, a line each. */
    List<String> broken() {
        return broken;
    }

    /** Returns the names that two plugins claim, a line each. */
    List<String> duplicates() {
        return duplicates;
    }

    Map<String, Found<T>> byName() {
        return byName;
    }

    /**
     * Returns the kind of a name.
     *
     * @param where what names it, for the message
     * @throws ConfigurationException if there is none, saying what there is and what couldn't be loaded
     */
    T get(String name, String where) {
        Found<T> found = byName.get(name);
        if (found == null) {
            throw new ConfigurationException(List.of(unknown(name, where)));
        }
        return found.kind();
    }

    private String unknown(String name, String where) {
        String message = where + ": no " + sort + " is named '" + name + "'" + Names.suggestion(name, byName.keySet());
        return broken.isEmpty() ? message : message + " These couldn't be loaded: " + String.join("; ", broken);
    }
}
