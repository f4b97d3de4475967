package dev.whippletree.config;

import dev.whippletree.spi.SettingKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The plugins that a configuration may name, with what a check needs to know about them. Immutable.
 *
 * @param providers the providers
 * @param caches the cache backends
 * @param strategies the balancing strategies
 * @param coordinators the coordinators
 */
public record KnownPlugins(PluginKind providers, PluginKind caches, PluginKind strategies, PluginKind coordinators) {

    /** Rejects null. */
    public KnownPlugins {
        Objects.requireNonNull(providers, "providers");
        Objects.requireNonNull(caches, "caches");
        Objects.requireNonNull(strategies, "strategies");
        Objects.requireNonNull(coordinators, "coordinators");
    }

    /**
     * The plugins of one kind. Immutable.
     *
     * @param noun the kind's name in messages: {@code provider}
     * @param settings each plugin's settings, by the plugin's name
     * @param broken the entries that couldn't be loaded, a sentence each with class and jar; an unknown name may mean
     *     any of them
     * @param folders the plugin folders that were searched
     */
    public record PluginKind(
            String noun, Map<String, Set<SettingKey>> settings, List<String> broken, List<Path> folders) {

        /** Copies mutable values. */
        public PluginKind {
            Objects.requireNonNull(noun, "noun");
            settings = Map.copyOf(settings);
            broken = List.copyOf(broken);
            folders = List.copyOf(folders);
        }

        /** Returns a kind without broken entries and plugin folders. */
        public static PluginKind of(String noun, Map<String, Set<SettingKey>> settings) {
            return new PluginKind(noun, settings, List.of(), List.of());
        }

        /** Returns whether there is a plugin of that name. */
        public boolean has(String name) {
            return settings.containsKey(name);
        }

        /** Returns the names of a plugin's settings; none if there is no such plugin. */
        public Set<String> settingNames(String name) {
            return settings.getOrDefault(name, Set.of()).stream()
                    .map(SettingKey::name)
                    .collect(Collectors.toUnmodifiableSet());
        }

        Set<String> allSettingNames() {
            return settings.values().stream()
                    .flatMap(Set::stream)
                    .map(SettingKey::name)
                    .collect(Collectors.toUnmodifiableSet());
        }

        /**
         * Checks a name.
         *
         * @return a sentence with the known names, the nearest one, and the module that may contain it; empty if the
         *     name is known
         */
        public Optional<String> unknown(String name) {
            if (has(name)) {
                return Optional.empty();
            }
            String known = settings.isEmpty()
                    ? "none is known"
                    : "known: "
                            + String.join(
                                    ", ", settings.keySet().stream().sorted().toList());
            return Optional.of("no " + noun + " named '" + name + "'; " + known + remedy(name));
        }

        private String remedy(String name) {
            if (!broken.isEmpty()) {
                return "; plugins that couldn't be loaded: " + String.join("; ", broken);
            }
            String absent = folders.isEmpty()
                    ? "isn't on the class path"
                    : "is neither on the class path nor in "
                            + folders.stream().map(Path::toString).collect(Collectors.joining(" or "));
            String module = "its module (whippletree-" + noun + "-" + name
                    + ", if it is part of Whippletree) " + absent + ", or was merged into a jar without"
                    + " META-INF/services (merge them: shade plugin, ServicesResourceTransformer)";
            return Names.nearest(name, settings.keySet())
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse(
                            has("openai")
                                    ? "; for a service with OpenAI's protocol, such as vLLM, Ollama and most others,"
                                            + " write 'provider: openai' and its 'base-url'; otherwise, " + module
                                    : "; " + module);
        }
    }
}
