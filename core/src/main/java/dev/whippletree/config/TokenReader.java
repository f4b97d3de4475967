package dev.whippletree.config;

import dev.whippletree.model.Secret;
import dev.whippletree.model.ShownText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an account's token from a variable, from a file, or from the configuration itself, with a warning. */
final class TokenReader {

    private static final int MOST_BYTES = 4 << 10;
    private static final Pattern FILE = Pattern.compile("\\$\\{file:(.+)}");

    private final String source;

    /** Creates a reader; files are relative to the source's folder, else to the working directory. */
    TokenReader(String source) {
        this.source = source;
    }

    /** Returns the token that a section's key names; empty if there is none or it can't be read. */
    Optional<Secret> read(Section section, String key) {
        Optional<String> text = section.rawText(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher variable = section.variables().reference().matcher(text.get());
        if (variable.matches()) {
            return fromVariable(section, key, variable.group(1));
        }
        Matcher file = FILE.matcher(text.get());
        if (file.matches()) {
            return fromFile(section, key, file.group(1));
        }
        if (text.get().isBlank()) {
            section.problem(key, "the " + key + " is empty");
            return Optional.empty();
        }
        if (text.get().contains("${")) {
            section.problem(key, "a reference must be ${VARIABLE} or ${file:/path} alone");
            return Optional.empty();
        }
        section.problems()
                .warn(
                        section.at(key),
                        "the file contains the " + key + " itself; use ${VARIABLE} or ${file:/path} instead");
        return Optional.of(Secret.of(text.get()));
    }

    private Optional<Secret> fromVariable(Section section, String key, String name) {
        Optional<String> value = section.variables().value().apply(name);
        if (value.isEmpty() || value.get().isBlank()) {
            section.problem(key, section.variables().lacks(name, value.isEmpty() ? "isn't set" : "is empty"));
            return Optional.empty();
        }
        return Optional.of(Secret.of(value.get().trim()));
    }

    /** The file is read again for each use of the token, so that a replaced token works without a restart. */
    private Optional<Secret> fromFile(Section section, String key, String path) {
        try {
            Path file = Path.of(source).resolveSibling(path).toAbsolutePath().normalize();
            String unused = contents(file);
            return Optional.of(Secret.from(() -> contents(file)));
        } catch (InvalidPathException | IllegalStateException e) {
            section.problem(key, ShownText.line(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /**
     * An empty file is an error: an empty key would match clients that send none. Anything but a regular file leaves
     * the former token valid for a while: reading a pipe may block, and a device never ends.
     */
    private static String contents(Path file) {
        String contents;
        try {
            if (Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
                throw new Secret.UncertainException(file + " is a pipe or a device, not a file");
            }
            contents = TextFile.text(file, MOST_BYTES)
                    .orElseThrow(() -> new Secret.UncertainException("the file " + file + " is larger than 4 KB"))
                    .replaceFirst("^\uFEFF", "")
                    .trim();
        } catch (IOException e) {
            throw new IllegalStateException("the file " + file + " can't be read", e);
        }
        if (contents.isEmpty()) {
            throw new IllegalStateException("the file " + file + " is empty");
        }
        if (contents.lines().count() > 1) {
            throw new IllegalStateException("the file " + file + " has several lines; it may have nothing else in it");
        }
        return contents;
    }
}
