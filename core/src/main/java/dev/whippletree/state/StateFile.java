package dev.whippletree.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Set;

/**
 * The file itself. It is private and replaced as a whole, so whoever reads it finds what was there before or what is there after, and needs no
 * lock; whoever replaces it must hold the folder's. Immutable; blocks for as long as the file system does.
 */
final class StateFile {

    /** Some thousand times what a state of many accounts takes. */
    private static final long LARGEST = 64L << 20;

    private final Path file;
    private final Path temporary;
    private final Path broken;

    StateFile(Path folder) {
        this.file = folder.resolve("state.json");
        this.temporary = folder.resolve("state.tmp");
        this.broken = folder.resolve("state.broken");
    }

    Path path() {
        return file;
    }

    /** Returns where a file that can't be read is put. */
    Path broken() {
        return broken;
    }

    /**
     * Returns what was saved; nothing if there is no file.
     *
     * @throws NewerStateException if a later version wrote it
     * @throws UnreadableStateException if it isn't a state
     */
    SavedState read() throws IOException {
        try {
            if (Files.size(file) > LARGEST) {
                throw new UnreadableStateException("it is larger than anything Whippletree writes");
            }
            return StateReader.read(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return SavedState.EMPTY;
        }
    }

    /** Returns when it was last replaced; the beginning of time if it isn't there. */
    FileTime replacedAt() {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    /** Replaces what was saved, and returns once the disk has it. */
    void write(SavedState state) throws IOException {
        // What a killed process left may be open to others.
        Files.deleteIfExists(temporary);
        try (FileChannel channel =
                PrivateFile.open(temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            ByteBuffer contents = ByteBuffer.wrap(StateWriter.write(state));
            while (contents.hasRemaining()) {
                channel.write(contents);
            }
            // Else a machine that loses its power could find an empty file under the new name.
            channel.force(true);
        }
        replace(temporary, file);
    }

    /** Puts a file that can't be read aside, in the place of one that was put aside before. */
    void putAside() throws IOException {
        replace(file, broken);
        PrivateFile.makePrivate(broken);
    }

    private static void replace(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
