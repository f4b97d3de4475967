package dev.whippletree.plugin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;

/** Says where a plugin comes from: its class and its jar. */
final class ServiceEntry {

    private ServiceEntry() {}

    /** Returns a class and the jar or folder it was loaded from. */
    static String locate(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return type.getName()
                + (source == null || source.getLocation() == null ? "" : " (" + file(source.getLocation()) + ")");
    }

    /** Returns what is wrong with a plugin whose class is known. */
    static String describe(Class<?> type, Throwable problem) {
        return locate(type) + ": " + reason(problem);
    }

    /** Returns what is wrong with an entry whose class couldn't be loaded: the problem's text is all that names it. */
    static String describe(Class<?> service, ClassLoader loader, Throwable problem) {
        String message = reason(problem);
        String where = fileNaming(service, loader, message)
                .map(file -> " (" + file + ")")
                .orElse("");
        return message + where;
    }

    /** The first cause in one line; {@link ServiceConfigurationError} says in its own message that it is one. */
    private static String reason(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return cause instanceof ServiceConfigurationError
                ? message
                : cause.getClass().getSimpleName() + ": " + message;
    }

    private static Optional<String> fileNaming(Class<?> service, ClassLoader loader, String message) {
        try {
            for (URL url : Collections.list(loader.getResources("META-INF/services/" + service.getName()))) {
                if (classesIn(url).stream().anyMatch(message::contains)) {
                    return Optional.of(file(url));
                }
            }
            return Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static List<String> classesIn(URL url) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(url.openStream(), StandardCharsets.UTF_8))) {
            return reader.lines()
                    .map(line -> line.replaceFirst("#.*", "").trim())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    /** Returns the jar, or the folder, that a URL points to or into. */
    private static String file(URL url) {
        return url.getPath()
                .replaceFirst("!.*", "")
                .replaceFirst("^file:", "")
                .replaceFirst("META-INF/services/.*", "");
    }
}
