package dev.whippletree.config;

import dev.whippletree.model.ConfigurationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the problems of a configuration, to report all of them at once. Confined to one reading. */
final class Problems {

    private final String source;
    private final String prefix;
    private final Map<String, String> placesByPath = new HashMap<>();
    private final Set<String> paths = new HashSet<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /**
     * Creates an empty collection.
     *
     * @param source how a line names the file
     */
    Problems(String source) {
        this(source, "", Map.of());
    }

    /**
     * Creates an empty collection for what was read elsewhere.
     *
     * @param source how a line names what has no place
     * @param prefix what stands before each path where it was read
     * @param placesByPath where something stands, as a line names it
     */
    Problems(String source, String prefix, Map<String, String> placesByPath) {
        this.source = source;
        this.prefix = prefix;
        this.placesByPath.putAll(placesByPath);
    }

    /**
     * Remembers where in the file something stands.
     *
     * @param path as keys and indices: {@code accounts[1].provider}
     * @param line from 1; less is not known
     */
    void line(String path, int line) {
        if (line > 0) {
            placesByPath.put(path, source + ", line " + line);
        }
    }

    void add(String path, String what) {
        String line = where(path) + what;
        if (paths.add(path) || !lines.contains(line)) {
            lines.add(line);
        }
    }

    /** Adds what is wrong elsewhere. */
    void addAll(List<String> elsewhere) {
        lines.addAll(elsewhere);
    }

    /** Returns whether something was wrong just there. */
    boolean has(String path) {
        return paths.contains(path);
    }

    void warn(String path, String what) {
        warnings.add(where(path) + what);
    }

    private String where(String path) {
        return Objects.requireNonNullElse(nearestPlace(path), source) + ": "
                + (path.isEmpty() ? "" : prefix + path + ": ");
    }

    /** A key that is missing is looked for where the others of its mapping are. */
    private @Nullable String nearestPlace(String path) {
        String nearest = path;
        while (!nearest.isEmpty() && !placesByPath.containsKey(nearest)) {
            nearest = nearest.substring(0, Math.max(0, Math.max(nearest.lastIndexOf('.'), nearest.lastIndexOf('['))));
        }
        return placesByPath.get(nearest);
    }

    /**
     * Ends the reading if anything was wrong so far.
     *
     * @throws ConfigurationException with every problem
     */
    void stop() {
        if (!lines.isEmpty()) {
            throw new ConfigurationException(lines);
        }
    }

    List<String> lines() {
        return lines;
    }

    List<String> warnings() {
        return warnings;
    }
}
