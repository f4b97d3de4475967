package dev.whippletree.cli.similar;

import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.model.ApprovedWordings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A file of {@link ApprovedWordings}. Immutable: each read reads the file again. */
final class ApprovedFile {

    private final Path path;
    private final String shown;

    /**
     * Names one; it need not be there.
     *
     * @param path where it is
     * @param shown how messages name it
     */
    ApprovedFile(Path path, String shown) {
        this.path = path;
        this.shown = shown;
    }

    /** Returns how messages name it. */
    String shown() {
        return shown;
    }

    /** Returns whether it is there. */
    boolean isThere() {
        return Files.exists(path);
    }

    /**
     * Returns its text, without a byte order mark.
     *
     * @throws UserMistake if it can't be read, or isn't text in UTF-8
     */
    String text() {
        try {
            return Files.readString(path).replaceFirst("^\uFEFF", "");
        } catch (CharacterCodingException e) {
            throw new UserMistake(shown + ": this isn't a UTF-8 text file; save it as UTF-8");
        } catch (IOException e) {
            throw new UserMistake(shown + ": "
                    + (Files.isDirectory(path)
                            ? "this is a folder, not a file"
                            : "the file can't be read; check its permissions"));
        }
    }

    /**
     * Returns its wordings.
     *
     * @throws UserMistake if it can't be read or used, saying why
     */
    ApprovedWordings wordings() {
        return wordings(text());
    }

    private ApprovedWordings wordings(String text) {
        try {
            return ApprovedWordings.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(shown + ": " + e.getMessage());
        }
    }

    /**
     * Adds wordings that mean the same, and creates the file if it isn't there; what it had stays, remarks too.
     *
     * @return all that are approved now
     * @throws UserMistake if the wordings can't be used, or the file can't be read or written
     */
    ApprovedWordings add(List<String> wordings) {
        String before = isThere() ? text() : "";
        ApprovedWordings known = wordings(before);
        ApprovedWordings all;
        try {
            all = known.with(wordings);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(String.valueOf(e.getMessage()));
        }
        String after = new ApprovedText(before, known).with(wordings.get(0).strip(), all);
        if (!after.equals(before)) {
            write(after);
        }
        return all;
    }

    /** Replaces the file atomically, so no reader sees half of it. */
    private void write(String text) {
        try {
            Path real = isThere() ? path.toRealPath() : path;
            Path next = real.resolveSibling(real.getFileName() + ".next");
            Files.writeString(next, text);
            try {
                Files.move(next, real, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(next, real, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UserMistake(
                    shown + " can't be written; check that its folder exists and that you may write to it");
        }
    }
}
