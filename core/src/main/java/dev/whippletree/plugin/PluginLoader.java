package dev.whippletree.plugin;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of one plugin of a folder: its own jars, over {@link SharedPackages}. Only service files of jars
 * that declare a plugin are found, so that a plugin may bring along a jar that is a plugin itself. Thread-safe.
 */
final class PluginLoader extends URLClassLoader {

    private static final String SERVICES = "META-INF/services/dev.whippletree.";

    static {
        registerAsParallelCapable();
    }

    private final List<Path> announcing;
    private final List<String> announcedPrefixes;

    /** Creates a loader of all of a plugin's jars, of which the service files of some count. */
    PluginLoader(String name, List<Path> jars, List<Path> announcing, SharedPackages parent)
            throws MalformedURLException {
        super(name, urls(jars), parent);
        this.announcing = List.copyOf(announcing);
        this.announcedPrefixes =
                Stream.of(urls(announcing)).map(url -> "jar:" + url + "!/").toList();
    }

    /** Returns the jars whose service files count; at least one. */
    List<Path> announcing() {
        return announcing;
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
        Enumeration<URL> found = super.findResources(name);
        if (!name.startsWith(SERVICES)) {
            return found;
        }
        List<URL> announced = new ArrayList<>();
        for (URL url : Collections.list(found)) {
            if (announcedPrefixes.stream().anyMatch(url.toString()::startsWith)) {
                announced.add(url);
            }
        }
        return Collections.enumeration(announced);
    }

    /**
     * Calls a plugin. One from a folder runs with its own loader as the thread's context class loader, where libraries
     * look for their extensions; they would find the host's otherwise.
     *
     * @param owner the loader of the plugin's classes, of any kind
     */
    static <T> T within(ClassLoader owner, Supplier<T> call) {
        if (!(owner instanceof PluginLoader)) {
            return call.get();
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(owner);
        try {
            return call.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL[] urls(List<Path> jars) throws MalformedURLException {
        URL[] urls = new URL[jars.size()];
        for (int index = 0; index < urls.length; index++) {
            urls[index] = jars.get(index).toUri().toURL();
        }
        return urls;
    }

    /**
     * Loads what every plugin of a folder sees of its host: the SPI, the model, SLF4J and the JDK, but no resources.
     * Thread-safe.
     *
     * <p>Resources are hidden because service files are found by them: a plugin would be offered the host's plugins
     * otherwise, and its libraries the implementations of the host's libraries.
     */
    static final class SharedPackages extends ClassLoader {

        private static final List<String> PREFIXES =
                List.of("dev.whippletree.spi.", "dev.whippletree.model.", "org.slf4j.");

        static {
            registerAsParallelCapable();
        }

        private final ClassLoader host;

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
}
