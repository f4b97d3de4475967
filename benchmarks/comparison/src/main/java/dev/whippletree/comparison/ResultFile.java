package dev.whippletree.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Results in a file, the only copy of hours of measuring: it is replaced as a whole or not at all. Stateless. */
final class ResultFile {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ResultFile() {}

    /** Returns what the file has, or {@code none} if there is no file. */
    static <T> T read(Path file, Class<T> type, T none) {
        return Files.exists(file) ? JSON.readValue(file.toFile(), type) : none;
    }

    static void write(Path file, Object results) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".tmp");
        Files.writeString(beside, JSON.writeValueAsString(results) + "\n");
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
