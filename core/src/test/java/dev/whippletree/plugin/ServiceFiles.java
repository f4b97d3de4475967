package dev.whippletree.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;

/** A folder of service files, as a class loader that sees those and no others. */
final class ServiceFiles extends URLClassLoader {

    private final Path folder;

    ServiceFiles(Path folder) throws MalformedURLException {
        super(new URL[] {folder.toUri().toURL()}, ServiceFiles.class.getClassLoader());
        this.folder = folder;
    }

    ServiceFiles with(Class<?> service, String... lines) {
        try {
            Path file = folder.resolve("META-INF/services/" + service.getName());
            Files.createDirectories(file.getParent());
            Files.write(file, List.of(lines));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return findResources(name);
    }
}
