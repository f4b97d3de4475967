package dev.whippletree.config;

import dev.whippletree.model.ConfigurationException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads a text file that a user named. */
final class TextFile {

    private TextFile() {}

    /**
     * Returns a file's text.
     *
     * @param file where it is
     * @param origin the end of the message if there is no such file: who names it; may be empty
     * @throws ConfigurationException if it can't be read, saying why
     */
    static String read(Path file, String origin) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new ConfigurationException(List.of(file + ": this isn't a text file in UTF-8"));
        } catch (IOException e) {
            throw new ConfigurationException(List.of(file + ": " + unreadable(file) + origin));
        }
    }

    private static String unreadable(Path file) {
        if (Files.isDirectory(file)) {
            return "this is a folder, not a file";
        }
        return Files.exists(file) ? "the file can't be read" : "there is no such file";
    }
}
