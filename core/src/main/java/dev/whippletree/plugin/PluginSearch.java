package dev.whippletree.plugin;

import dev.whippletree.config.KnownPlugins;
import dev.whippletree.spi.SettingKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;

/**
 * Collects the plugins of one kind: those that a program passed, and those that {@link ServiceLoader} finds, loaded one
 * by one, so that a broken one harms no other. Confined to one thread.
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
    private final List<Path> folders = new ArrayList<>();
    private final List<String> duplicates = new ArrayList<>();
    private final List<String> copies = new ArrayList<>();
    private final List<FoundPlugin> found = new ArrayList<>();

    PluginSearch(Class<T> type, String noun, Function<T, String> nameOf, Function<T, Set<SettingKey>> settingsOf) {
        this.type = type;
        this.noun = noun;
        this.nameOf = nameOf;
        this.settingsOf = settingsOf;
    }

    /** Adds the plugins that a program passed, those of a class loader and those of folders; notes what was refused. */
    PluginSearch<T> find(List<T> given, ClassLoader loader, PluginFolder folder) {
        given.forEach(plugin -> accept(plugin, FoundPlugin.PluginOrigin.PROGRAM));
        addFrom(loader);
        folders.addAll(folder.read());
        folder.loaders().forEach(this::addFrom);
        folder.refusals().stream().filter(refusal -> refusal.concerns(type)).forEach(refusal -> {
            String where = refusal.where().toString();
            addBroken(
                    refusal.kinds().isEmpty() ? "plugin" : noun,
                    new ServiceEntry.Problem(where + ": " + refusal.reason(), Optional.of(where), refusal.reason()),
                    FoundPlugin.PluginOrigin.PLUGIN_FOLDER);
        });
        return this;
    }

    private void addFrom(ClassLoader loader) {
        Iterator<ServiceLoader.Provider<T>> entries =
                ServiceLoader.load(type, loader).stream().iterator();
        while (hasNext(entries, loader)) {
            load(entries, loader);
        }
    }

    Map<String, T> byName() {
        return byName;
    }

    /** Returns a sentence for each entry that couldn't be loaded, with its class and jar. */
    List<String> broken() {
        return broken;
    }

    List<String> duplicates() {
        return duplicates;
    }

    /** Returns a sentence for each plugin whose class is in several places. */
    List<String> copies() {
        return copies;
    }

    List<FoundPlugin> found() {
        return found;
    }

    KnownPlugins.PluginKind known() {
        return new KnownPlugins.PluginKind(noun, settings, broken, folders);
    }

    /**
     * Skips service files that can't be read. Usually the iterator continues behind one; if it fails in the same way
     * again, the search ends.
     */
    private boolean hasNext(Iterator<ServiceLoader.Provider<T>> entries, ClassLoader loader) {
        while (true) {
            try {
                return entries.hasNext();
            } catch (ServiceConfigurationError | LinkageError e) {
                ServiceEntry.Problem problem = ServiceEntry.problem(type, loader, e);
                if (broken.contains(problem.sentence())) {
                    return false;
                }
                addBroken(noun, problem, origin(loader));
            }
        }
    }

    private void load(Iterator<ServiceLoader.Provider<T>> entries, ClassLoader loader) {
        ServiceLoader.Provider<T> entry;
        try {
            entry = entries.next();
        } catch (ServiceConfigurationError | LinkageError e) {
            addBroken(noun, ServiceEntry.problem(type, loader, e), origin(loader));
            return;
        }
        FoundPlugin.PluginOrigin origin = origin(entry.type());
        try {
            accept(PluginLoader.within(loader, entry), origin);
            noteCopies(entry.type(), loader);
        } catch (ServiceConfigurationError | LinkageError e) {
            addBroken(noun, ServiceEntry.problem(entry.type(), e), origin);
        }
    }

    private void noteCopies(Class<?> plugin, ClassLoader loader) {
        List<String> places = ServiceEntry.places(plugin, loader);
        if (places.size() > 1) {
            copies.add("the " + noun + " " + plugin.getName() + " is in " + String.join(" and in ", places)
                    + "; the first is used, so remove the others");
        }
    }

    private void accept(T plugin, FoundPlugin.PluginOrigin origin) {
        String name;
        Set<SettingKey> known;
        ClassLoader loader = plugin.getClass().getClassLoader();
        try {
            name = Objects.requireNonNull(PluginLoader.within(loader, () -> nameOf.apply(plugin)), "its name is null");
            known = Set.copyOf(PluginLoader.within(loader, () -> settingsOf.apply(plugin)));
        } catch (RuntimeException | LinkageError e) {
            addBroken(noun, ServiceEntry.problem(plugin.getClass(), e), origin);
            return;
        }
        T other = byName.get(name);
        Optional<String> place = ServiceEntry.place(plugin.getClass());
        if (other == null) {
            byName.put(name, plugin);
            settings.put(name, known);
            found.add(new FoundPlugin(
                    noun, Optional.of(name), origin, place, FoundPlugin.State.USABLE, Optional.empty()));
        } else if (other != plugin
                && (other.getClass() != plugin.getClass() || origin == FoundPlugin.PluginOrigin.PROGRAM)) {
            duplicates.add("two plugins are the " + noun + " '" + name + "': " + ServiceEntry.locate(other.getClass())
                    + " and " + ServiceEntry.locate(plugin.getClass()) + "; remove one");
            found.add(new FoundPlugin(
                    noun,
                    Optional.of(name),
                    origin,
                    place,
                    FoundPlugin.State.DUPLICATE,
                    Optional.of("another one has this name: " + ServiceEntry.locate(other.getClass()))));
        }
    }

    private void addBroken(String kind, ServiceEntry.Problem problem, FoundPlugin.PluginOrigin origin) {
        broken.add(problem.sentence());
        found.add(new FoundPlugin(
                kind,
                Optional.empty(),
                origin,
                problem.place(),
                FoundPlugin.State.BROKEN,
                Optional.of(problem.what())));
    }

    private static FoundPlugin.PluginOrigin origin(ClassLoader loader) {
        return loader instanceof PluginLoader
                ? FoundPlugin.PluginOrigin.PLUGIN_FOLDER
                : FoundPlugin.PluginOrigin.CLASS_PATH;
    }

    private static FoundPlugin.PluginOrigin origin(Class<?> plugin) {
        boolean ours = plugin.getProtectionDomain().getCodeSource() != null
                && ServiceEntry.place(plugin).equals(ServiceEntry.place(PluginSearch.class));
        return ours ? FoundPlugin.PluginOrigin.BUILT_IN : origin(plugin.getClassLoader());
    }
}
