package dev.whippletree.plugin;

import dev.whippletree.config.KnownPlugins;
import dev.whippletree.spi.SettingKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;

/**
 * Collects the plugins of one kind: those handed in and those that {@link ServiceLoader} finds, loaded one by one, so that a
 * broken one takes no other with it. Confined to one thread.
 *
 * @param <T> the kind's interface
 */
final class PluginSearch<T> {

    private final Class<T> type;
    private final String noun;
    private final Function<T, String> nameOf;
    private final Function<T, Set<SettingKey>> settingsOf;
    private final Map<String, T> byName = new LinkedHashMap<>();
    private final Map<String, Set<SettingKey>> settings = new LinkedHashMap<>();
    private final List<String> broken = new ArrayList<>();
    private final List<String> duplicates = new ArrayList<>();

    PluginSearch(Class<T> type, String noun, Function<T, String> nameOf, Function<T, Set<SettingKey>> settingsOf) {
        this.type = type;
        this.noun = noun;
        this.nameOf = nameOf;
        this.settingsOf = settingsOf;
    }

    /** Adds plugins that were handed in. */
    PluginSearch<T> add(List<T> given) {
        given.forEach(this::accept);
        return this;
    }

    /** Adds what a class loader's service files name. */
    PluginSearch<T> addFrom(ClassLoader loader) {
        Iterator<ServiceLoader.Provider<T>> entries =
                ServiceLoader.load(type, loader).stream().iterator();
        while (hasNext(entries, loader)) {
            load(entries, loader);
        }
        return this;
    }

    /** Returns the plugins by name, in the order in which they were found. */
    Map<String, T> byName() {
        return byName;
    }

    /** Returns a sentence for each entry that couldn't be loaded, with its class and jar. */
    List<String> broken() {
        return broken;
    }

    /** Returns a sentence for each name that two plugins have. */
    List<String> duplicates() {
        return duplicates;
    }

    /** Returns what a configuration's check needs to know. */
    KnownPlugins.Kind known() {
        return new KnownPlugins.Kind(noun, settings, broken);
    }

    /**
     * A service file that can't be read fails here, and the iterator then goes on behind it. Where it doesn't, it says the same
     * again, and the search ends.
     */
    private boolean hasNext(Iterator<ServiceLoader.Provider<T>> entries, ClassLoader loader) {
        while (true) {
            try {
                return entries.hasNext();
            } catch (ServiceConfigurationError | LinkageError e) {
                String sentence = ServiceEntry.describe(type, loader, e);
                if (broken.contains(sentence)) {
                    return false;
                }
                broken.add(sentence);
            }
        }
    }

    private void load(Iterator<ServiceLoader.Provider<T>> entries, ClassLoader loader) {
        ServiceLoader.Provider<T> entry;
        try {
            entry = entries.next();
        } catch (ServiceConfigurationError | LinkageError e) {
            broken.add(ServiceEntry.describe(type, loader, e));
            return;
        }
        try {
            accept(entry.get());
        } catch (ServiceConfigurationError | LinkageError e) {
            broken.add(ServiceEntry.describe(entry.type(), e));
        }
    }

    private void accept(T plugin) {
        String name;
        Set<SettingKey> known;
        try {
            name = nameOf.apply(plugin);
            known = Set.copyOf(settingsOf.apply(plugin));
        } catch (RuntimeException | LinkageError e) {
            broken.add(ServiceEntry.describe(plugin.getClass(), e));
            return;
        }
        T other = byName.get(name);
        if (other == null) {
            byName.put(name, plugin);
            settings.put(name, known);
        } else if (other.getClass() != plugin.getClass()) {
            duplicates.add("two plugins are the " + noun + " '" + name + "': " + ServiceEntry.locate(other.getClass())
                    + " and " + ServiceEntry.locate(plugin.getClass()) + "; remove one");
        }
    }
}
