package dev.whippletree.plugin;

import java.net.URL;
import java.security.CodeSource;

/**
 * A plugin kind and where it came from.
 *
 * @param kind the plugin itself
 * @param source its class and the jar or folder that holds it
 */
record Found<T>(T kind, String source) {

    static <T> Found<T> of(T kind) {
        return new Found<>(kind, source(kind.getClass()));
    }

    static String source(Class<?> type) {
        CodeSource code = type.getProtectionDomain().getCodeSource();
        URL location = code == null ? null : code.getLocation();
        return type.getName() + (location == null ? "" : " in " + location.getPath());
    }
}
