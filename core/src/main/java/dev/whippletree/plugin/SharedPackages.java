package dev.whippletree.plugin;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every plugin of a folder sees of its host: the SPI, the model, SLF4J and the JDK, and no resource of anybody. Thread-safe.
 *
 * <p>Resources are hidden because service files are found by them: else a plugin would be offered the host's own plugins, and its
 * libraries the implementations of the host's libraries.
 */
final class SharedPackages extends ClassLoader {

    private static final List<String> PREFIXES =
            List.of("dev.whippletree.spi.", "dev.whippletree.model.", "org.slf4j.");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader host;

    /**
     * Creates a loader.
     *
     * @param host where the shared packages are
     */
    SharedPackages(ClassLoader host) {
        super("whippletree-shared", ClassLoader.getPlatformClassLoader());
        this.host = host;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return PREFIXES.stream().anyMatch(name::startsWith) ? host.loadClass(name) : super.loadClass(name, resolve);
    }

    @Override
    public @Nullable URL getResource(String name) {
        return null;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return Collections.emptyEnumeration();
    }
}
