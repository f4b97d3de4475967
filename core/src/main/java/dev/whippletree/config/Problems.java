package dev.whippletree.config;

import dev.whippletree.model.ConfigurationException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects the problems of a configuration, to report all of them at once. Confined to one reading. */
final class Problems {

    private final String source;
    private final String prefix;
    private final Map<String, String> placesByPath = new HashMap<>();
    private final Map<String, Integer> linesByPath = new HashMap<>();
    private final Set<String> paths = new HashSet<>();
    private final List<String> lines = new ArrayList<>();

    /** The line of the file that each problem is in; none for one that is elsewhere. */
    private final Map<String, Integer> lineOf = new HashMap<>();

    private final List<String> warnings = new ArrayList<>();

    Problems(String source) {
        this(source, "", Map.of());
    }

    /**
     * Creates an empty collection for settings read by a program.
     *
     * @param source the name of the settings in messages
     * @param prefix the prefix of each path
     * @param placesByPath the place of each path, as messages name it
     */
    Problems(String source, String prefix, Map<String, String> placesByPath) {
        this.source = source;
        this.prefix = prefix;
        this.placesByPath.putAll(placesByPath);
    }

    /**
     * Notes the line of a path.
     *
     * @param path as keys and indices: {@code accounts[1].provider}
     * @param line from 1; unknown if less
     */
    void line(String path, int line) {
        if (line > 0) {
            placesByPath.put(path, source + ", line " + line);
            linesByPath.put(path, line);
        }
    }

    void add(String path, String what) {
        String line = where(path) + what;
        if (paths.add(path) || !lines.contains(line)) {
            lines.add(line);
            lineOf.put(line, linesByPath.getOrDefault(nearest(path), 0));
        }
    }

    void addAll(List<String> elsewhere) {
        lines.addAll(elsewhere);
    }

    boolean has(String path) {
        return paths.contains(path);
    }

    Set<String> paths() {
        return paths;
    }

    void warn(String path, String what) {
        warnings.add(where(path) + what);
    }

    private String where(String path) {
        return placesByPath.getOrDefault(nearest(path), source) + ": " + (path.isEmpty() ? "" : prefix + path + ": ");
    }

    /** Returns the nearest path whose place is known: a missing key belongs beside the others of its mapping. */
    private String nearest(String path) {
        String nearest = path;
        while (!nearest.isEmpty() && !placesByPath.containsKey(nearest)) {
            nearest = nearest.substring(0, Math.max(0, Math.max(nearest.lastIndexOf('.'), nearest.lastIndexOf('['))));
        }
        return nearest;
    }

    /** Ends the reading, with every problem in the file's order, if there are any so far. */
    void stop() {
        if (!lines.isEmpty()) {
            throw new ConfigurationException(lines.stream()
                    .sorted(Comparator.comparingInt(line -> lineOf.getOrDefault(line, 0)))
                    .toList());
        }
    }

    List<String> lines() {
        return lines;
    }

    List<String> warnings() {
        return warnings;
    }
}
