package dev.whippletree.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a configuration, so that all of it is told at once. Confined to one reading. */
final class Problems {

    private final String source;
    private final List<String> lines = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /**
     * Creates an empty collection.
     *
     * @param source how a line names the file
     */
    Problems(String source) {
        this.source = source;
    }

    void add(String path, String what) {
        lines.add(source + ": " + (path.isEmpty() ? "" : path + ": ") + what);
    }

    void warn(String path, String what) {
        warnings.add(source + ": " + path + ": " + what);
    }

    List<String> lines() {
        return lines;
    }

    List<String> warnings() {
        return warnings;
    }
}
