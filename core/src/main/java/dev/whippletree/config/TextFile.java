package dev.whippletree.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.model.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads a text file that a user named. */
final class TextFile {

    private static final int MOST_BYTES = 16 << 20;

    private TextFile() {}

    /** Returns a file's text; {@code origin} ends the message if there is no such file, saying who names it. */
    static String read(Path file, String origin) {
        try {
            return text(file, MOST_BYTES)
                    .orElseThrow(() -> new ConfigurationException(
                            List.of(file + ": the file is larger than 16 MB; check that it is the right file")));
        } catch (CharacterCodingException e) {
            throw new ConfigurationException(List.of(file + ": this isn't a UTF-8 text file"));
        } catch (IOException e) {
            throw new ConfigurationException(List.of(
                    file.toString().isEmpty()
                            ? "the path of a file is empty; name the file" + origin
                            : file + ": " + unreadable(file) + origin));
        }
    }

    /** Returns a file's text; empty if it is larger than this. */
    static Optional<String> text(Path file, int mostBytes) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(mostBytes + 1);
            return bytes.length > mostBytes
                    ? Optional.empty()
                    : Optional.of(
                            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        }
    }

    private static String unreadable(Path file) {
        if (Files.isDirectory(file)) {
            return "this is a folder, not a file";
        }
        return Files.exists(file) ? "the file can't be read" : "there is no such file";
    }
}
