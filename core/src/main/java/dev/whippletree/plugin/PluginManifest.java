package dev.whippletree.plugin;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.SpiVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a jar says of itself. Immutable.
 *
 * @param jar the jar
 * @param plugin the name of the plugin that it announces; absent: it is a part of one, or a library
 * @param spi the version of the SPI it was built against, as written; absent: it doesn't say
 * @param services the kinds of which it has a service file
 */
record PluginManifest(Path jar, Optional<String> plugin, Optional<String> spi, Set<Class<?>> services) {

    /** The manifest's line by which a jar announces a plugin. */
    static final String PLUGIN = "Whippletree-Plugin";

    /** The manifest's line that says which version of the SPI the plugin was built against. */
    static final String SPI = "Whippletree-Spi";

    /** Copies the set. */
    PluginManifest {
        services = Set.copyOf(services);
    }

    /**
     * Reads a jar's.
     *
     * @throws IOException if it isn't a jar, or a damaged one
     */
    static PluginManifest read(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            Manifest manifest = file.getManifest();
            Set<Class<?>> services = Stream.of(Provider.class, Cache.class, BalancingStrategy.class)
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

    /** Returns why a plugin of this jar can't be used; empty if it can. */
    Optional<String> refusal() {
        if (services.isEmpty()) {
            return Optional.of("it declares the plugin " + plugin.orElse("")
                    + ", but has no file META-INF/services/ that names a provider, cache or balancing strategy");
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
                : Optional.of(
                        "it was built against version " + asked + " of the plugin interfaces, and this Whippletree has "
                                + SpiVersion.CURRENT + "; use a newer Whippletree or an older version of the plugin");
    }
}
