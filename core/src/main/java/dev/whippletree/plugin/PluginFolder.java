package dev.whippletree.plugin;

import dev.whippletree.model.ConfigurationException;
import dev.whippletree.plugin.PluginLoader.SharedPackages;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.SpiVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a folder of plugins: each jar in it is a plugin, and each folder in it is a plugin made of all its jars. One
 * that is refused is reported, and harms no other. Confined to one thread.
 */
final class PluginFolder {

    private final SharedPackages shared;
    private final List<PluginLoader> loaders = new ArrayList<>();
    private final List<RejectedJar> refusals = new ArrayList<>();
    private final List<Path> read = new ArrayList<>();

    PluginFolder(SharedPackages shared) {
        this.shared = shared;
    }

    /**
     * A rejected jar or folder of jars. Immutable.
     *
     * @param kinds the kinds of plugins in it; empty if unknown
     */
    record RejectedJar(Path where, Set<Class<?>> kinds, String reason) {

        RejectedJar {
            kinds = Set.copyOf(kinds);
        }

        /** Returns whether it may have contained a plugin of a kind. */
        boolean concerns(Class<?> kind) {
            return kinds.isEmpty() || kinds.contains(kind);
        }
    }

    /** Reads a folder; throws a {@link ConfigurationException} if it isn't one, or can't be read. */
    void read(Path folder) {
        read.add(folder);
        for (Path path : contents(folder)) {
            if (Files.isDirectory(path)) {
                addFolder(path);
            } else if (isJar(path)) {
                add(path, List.of(path));
            }
        }
    }

    List<Path> read() {
        return read;
    }

    List<PluginLoader> loaders() {
        return loaders;
    }

    List<RejectedJar> refusals() {
        return refusals;
    }

    private void addFolder(Path folder) {
        try {
            List<Path> jars =
                    contents(folder).stream().filter(PluginFolder::isJar).toList();
            if (jars.isEmpty()) {
                refuse(folder, Set.of(), "there is no jar in it");
            } else {
                add(folder, jars);
            }
        } catch (ConfigurationException e) {
            refuse(folder, Set.of(), "it can't be read");
        }
    }

    private void add(Path where, List<Path> jars) {
        List<PluginManifest> manifests = new ArrayList<>();
        for (Path jar : jars) {
            try {
                manifests.add(PluginManifest.read(jar));
            } catch (IOException e) {
                refuse(jar, Set.of(), "it isn't a jar that can be read: " + e.getMessage());
                return;
            }
        }
        List<PluginManifest> announcing = manifests.stream()
                .filter(manifest -> manifest.plugin().isPresent())
                .toList();
        if (announcing.isEmpty()) {
            Set<Class<?>> services = new HashSet<>();
            manifests.forEach(manifest -> services.addAll(manifest.services()));
            refuse(where, services, silence(where));
        } else if (announcing.stream().allMatch(this::isUsable)) {
            open(where, jars, announcing);
        }
    }

    private static String silence(Path where) {
        return (Files.isDirectory(where) ? "none of its jars has" : "it has no") + " line '" + PluginManifest.PLUGIN
                + ": <name>' in its manifest, which declares a plugin";
    }

    private boolean isUsable(PluginManifest manifest) {
        manifest.refusal().ifPresent(reason -> refuse(manifest.jar(), manifest.services(), reason));
        return manifest.refusal().isEmpty();
    }

    private void open(Path where, List<Path> jars, List<PluginManifest> announcing) {
        try {
            List<Path> announced = announcing.stream().map(PluginManifest::jar).toList();
            loaders.add(new PluginLoader(announcing.get(0).plugin().orElseThrow(), jars, announced, shared));
        } catch (IOException e) {
            refuse(where, Set.of(), "its path can't be used: " + e.getMessage());
        }
    }

    private void refuse(Path where, Set<Class<?>> kinds, String reason) {
        refusals.add(new RejectedJar(where, kinds, reason));
    }

    private static List<Path> contents(Path folder) {
        Predicate<Path> hidden = path -> String.valueOf(path.getFileName()).startsWith(".");
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(hidden.negate()).sorted().toList();
        } catch (IOException e) {
            String what = Files.isDirectory(folder) ? "this folder can't be read" : "there is no such folder";
            throw new ConfigurationException(List.of("plugins: " + folder + ": " + what));
        }
    }

    private static boolean isJar(Path path) {
        return String.valueOf(path.getFileName()).endsWith(".jar") && Files.isRegularFile(path);
    }

    /**
     * What a jar's manifest says. Immutable.
     *
     * @param jar the jar
     * @param plugin the name of the plugin that it declares; absent: it is a part of one, or a library
     * @param spi the version of the SPI it was built against, as written; absent: unstated
     * @param services the kinds for which it has a service file
     */
    record PluginManifest(Path jar, Optional<String> plugin, Optional<String> spi, Set<Class<?>> services) {

        /** The manifest's line that declares a plugin. */
        static final String PLUGIN = "Whippletree-Plugin";

        /** The manifest's attribute with the version of the SPI that the plugin was built against. */
        static final String SPI = "Whippletree-Spi";

        PluginManifest {
            services = Set.copyOf(services);
        }

        static PluginManifest read(Path jar) throws IOException {
            try (JarFile file = new JarFile(jar.toFile(), false)) {
                Manifest manifest = file.getManifest();
                Set<Class<?>> services = Stream.of(
                                Provider.class, Cache.class, BalancingStrategy.class, Coordinator.class)
                        .filter(kind -> file.getEntry("META-INF/services/" + kind.getName()) != null)
                        .collect(Collectors.toUnmodifiableSet());
                return new PluginManifest(jar, line(manifest, PLUGIN), line(manifest, SPI), services);
            }
        }

        private static Optional<String> line(Manifest manifest, String name) {
            return manifest == null
                    ? Optional.empty()
                    : Optional.ofNullable(manifest.getMainAttributes().getValue(name))
                            .map(String::trim)
                            .filter(value -> !value.isEmpty());
        }

        /** Returns why this jar's plugin can't be used; empty if it can. */
        Optional<String> refusal() {
            if (services.isEmpty()) {
                return Optional.of("it declares the plugin " + plugin.orElse("")
                        + ", but has no file META-INF/services/ that names a provider, cache, balancing strategy or"
                        + " coordinator");
            }
            return spi.flatMap(PluginManifest::wrongVersion);
        }

        private static Optional<String> wrongVersion(String version) {
            int asked;
            try {
                asked = Integer.parseInt(version);
            } catch (NumberFormatException e) {
                return Optional.of(SPI + " in its manifest is '" + version + "' and should be a whole number");
            }
            return asked <= SpiVersion.CURRENT
                    ? Optional.empty()
                    : Optional.of("it was built against version " + asked
                            + " of the plugin interfaces, and this Whippletree has " + SpiVersion.CURRENT
                            + "; use a newer Whippletree or an older version of the plugin");
        }
    }
}
