package dev.whippletree.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.slf4j.Logger;

/** A plugin as a stranger would make it: compiled against core and SLF4J alone, in a jar with its service files. */
final class PluginJar {

    /** Where a class file says which version it has: the upper byte. */
    private static final int CLASS_VERSION = 6;

    private final Map<String, StringBuilder> services = new LinkedHashMap<>();
    private final Manifest manifest = new Manifest();
    private final Path work;
    private final Path file;
    private boolean future;

    /** Prepares a jar of that name in a folder. */
    PluginJar(Path folder, String name) {
        this.file = folder.resolve(name);
        this.work = folder.resolve("." + name + ".work");
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    }

    /** Adds a line to the manifest. */
    PluginJar line(String name, String value) {
        manifest.getMainAttributes().putValue(name, value);
        return this;
    }

    /** Announces a plugin in the manifest. */
    PluginJar announces(String name) {
        return line("Whippletree-Plugin", name);
    }

    /** Makes all classes look as if a JDK had compiled them that nobody has yet. */
    PluginJar fromTheFuture() {
        future = true;
        return this;
    }

    /** Writes classes that are compiled already, with all that is in their folder. */
    Path pack(Path classes) {
        try {
            Files.createDirectories(file.getParent());
            try (OutputStream out = Files.newOutputStream(file);
                    JarOutputStream jar = new JarOutputStream(out, manifest)) {
                addClasses(classes, jar);
                addServices(jar);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles those sources of the test resources' {@code plugin} folder against these too, and writes the jar. */
    Path writeWith(List<Path> more, String... sources) {
        try {
            List<Path> classPath = new ArrayList<>(apiOnly());
            classPath.addAll(more);
            write(copied(sources), classPath);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lists a class, whether or not the jar holds it, as an implementation of a service. */
    PluginJar offers(Class<?> service, String implementation) {
        services.computeIfAbsent(service.getName(), name -> new StringBuilder())
                .append(implementation)
                .append('\n');
        return this;
    }

    /** Compiles those sources of the test resources' {@code plugin} folder and writes the jar. */
    URL write(String... sources) {
        try {
            return write(copied(sources), apiOnly());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles those sources against that class path and writes the jar. */
    URL write(List<Path> sources, List<Path> classPath) {
        try {
            Path classes = Files.createDirectories(work.resolve("classes"));
            assertThat(Javac.compile(sources, classPath, classes)).isEmpty();
            pack(classes);
            return file.toUri().toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> copied(String... sources) throws IOException {
        Path folder = Files.createDirectories(work.resolve("sources"));
        for (String source : sources) {
            try (InputStream in = PluginJar.class.getResourceAsStream("/plugin/" + source)) {
                assertThat(in).as(source).isNotNull();
                Files.copy(in, folder.resolve(source));
            }
        }
        return Stream.of(sources).map(folder::resolve).toList();
    }

    private void addClasses(Path classes, JarOutputStream jar) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(classes)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path path : files) {
            jar.putNextEntry(new JarEntry(classes.relativize(path).toString().replace('\\', '/')));
            byte[] bytes = Files.readAllBytes(path);
            if (future) {
                bytes[CLASS_VERSION] = (byte) 0x7f;
            }
            jar.write(bytes);
        }
    }

    private void addServices(JarOutputStream jar) throws IOException {
        for (Map.Entry<String, StringBuilder> service : services.entrySet()) {
            jar.putNextEntry(new JarEntry("META-INF/services/" + service.getKey()));
            jar.write(service.getValue().toString().getBytes(UTF_8));
        }
    }

    private static List<Path> apiOnly() {
        return List.of(origin(Provider.class), origin(Logger.class));
    }

    /** Returns the folder or jar that a class comes from. */
    static Path origin(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
