package dev.whippletree.batch.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The input and the settings that an output was made from. Immutable.
 *
 * @param input digest of the whole input
 * @param settings what answers depend on, by name
 */
record BatchState(String input, Map<String, String> settings) {

    private static final int SHOWN = 40;

    /** Reads it; empty if the output isn't a batch's. */
    static Optional<BatchState> read(Path folder) throws IOException {
        Path file = folder.resolve("state.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        Map<String, Object> json = JsonObjects.object(text).orElse(Map.of());
        if (!(json.get("input") instanceof String input) || !(json.get("settings") instanceof Map<?, ?> named)) {
            throw new IOException(file + " can't be read: remove " + folder + " and its output to start again");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        named.forEach((name, value) -> settings.put(String.valueOf(name), String.valueOf(value)));
        return Optional.of(new BatchState(input, settings));
    }

    void write(Path folder) throws IOException {
        Path coming = folder.resolve("state.coming");
        try (OutputStream stream = Disk.stream(coming, StandardOpenOption.TRUNCATE_EXISTING)) {
            stream.write(JsonObjects.bytes(Map.of("input", input, "settings", settings)));
        }
        Disk.INSTANCE.replace(folder.resolve("state.json"), coming);
    }

    /** Returns which settings were others, and what they were. */
    List<String> settingsBefore(BatchState before) {
        Set<String> names = new LinkedHashSet<>(before.settings.keySet());
        names.addAll(settings.keySet());
        List<String> changed = new ArrayList<>();
        for (String name : names) {
            String was = before.settings.getOrDefault(name, "");
            String is = settings.getOrDefault(name, "");
            if (!was.equals(is)) {
                changed.add(name + " was " + shown(was) + " and is now " + shown(is));
            }
        }
        return changed;
    }

    private static String shown(String value) {
        if (value.isEmpty()) {
            return "not given";
        }
        return "'" + (value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value) + "'";
    }
}
