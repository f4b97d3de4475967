package dev.whippletree.plugin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.stream.Collectors;

/** Describes where a plugin comes from: its class and its jar. */
final class ServiceEntry {

    private ServiceEntry() {}

    /**
     * A problem with an entry. Immutable.
     *
     * @param sentence the entry's class, its jar, and what is wrong
     * @param place the entry's jar or folder; absent: unknown
     * @param what what is wrong, without the place
     */
    record Problem(String sentence, Optional<String> place, String what) {}

    /** Returns a class and the jar or folder it was loaded from. */
    static String locate(Class<?> type) {
        return type.getName() + place(type).map(place -> " (" + place + ")").orElse("");
    }

    /** Returns the jar or folder that a class was loaded from; empty if neither. */
    static Optional<String> place(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null
                ? Optional.empty()
                : Optional.ofNullable(source.getLocation()).map(ServiceEntry::file);
    }

    /** Returns the jars and folders in which a loader finds a class; it takes the class from the first. */
    static List<String> places(Class<?> type, ClassLoader loader) {
        String name = type.getName().replace('.', '/') + ".class";
        try {
            return Collections.list(loader.getResources(name)).stream()
                    .map(url -> file(url).replace(name, ""))
                    .distinct()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Returns what is wrong with a plugin of a known class, with the class and its jar. */
    static String describe(Class<?> type, Throwable problem) {
        return locate(type) + ": " + reason(problem);
    }

    static Problem problem(Class<?> type, Throwable problem) {
        return new Problem(describe(type, problem), place(type), type.getName() + ": " + reason(problem));
    }

    /** Returns what is wrong with an entry whose class couldn't be loaded; only the problem's text names it. */
    static Problem problem(Class<?> service, ClassLoader loader, Throwable problem) {
        String what = reason(problem);
        Optional<String> place = fileNaming(service, loader, what).or(() -> announcing(loader));
        return new Problem(what + place.map(file -> " (" + file + ")").orElse(""), place, what);
    }

    private static Optional<String> announcing(ClassLoader loader) {
        return loader instanceof PluginLoader plugin
                ? Optional.of(plugin.announcing().stream().map(Path::toString).collect(Collectors.joining(", ")))
                : Optional.empty();
    }

    /** Returns the first cause in one line; a {@link ServiceConfigurationError} already says what it is. */
    private static String reason(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        if (cause instanceof UnsupportedClassVersionError) {
            return "it needs a newer Java than " + Runtime.version().feature() + ": " + message;
        }
        return cause instanceof ServiceConfigurationError
                ? message
                : cause.getClass().getSimpleName() + ": " + message;
    }

    private static Optional<String> fileNaming(Class<?> service, ClassLoader loader, String message) {
        try {
            for (URL url : Collections.list(loader.getResources("META-INF/services/" + service.getName()))) {
                if (classesIn(url).stream()
                        .anyMatch(name -> message.contains(name) || message.contains(name.replace('.', '/')))) {
                    return Optional.of(file(url));
                }
            }
            return Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static List<String> classesIn(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false); // A cached jar stays open and unchanged when the file is replaced.
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            return reader.lines()
                    .map(line -> line.replaceFirst("#.*", "").trim())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    private static String file(URL url) {
        String path = url.getPath()
                .replaceFirst("!.*", "")
                .replaceFirst("^file:", "")
                .replaceFirst("META-INF/services/.*", "");
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return path;
        }
    }
}
