package dev.whippletree.state;

import dev.whippletree.state.StateReader.UnreadableStateException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Set;

/**
 * The state file. It is private and replaced as a whole, so a reader sees the old or the new contents and needs no
 * lock; a writer must hold the folder's lock. Immutable; blocks for as long as the file system does.
 *
 * <p>Others may be able to write to the folder. So a link is never followed, and a pipe or device never opened: a link
 * could name any file of this process's user, and the others have no end.
 */
final class StateFile {

    /** Some thousand times the size of a state of many accounts. */
    private static final int LARGEST = 64 << 20;

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

    Path broken() {
        return broken;
    }

    /** Returns what was saved; nothing if there is no file. */
    SavedState read() throws IOException {
        if (isForeign(file)) {
            throw new UnreadableStateException("it isn't a regular file");
        }
        try (InputStream contents = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = contents.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new UnreadableStateException("it is larger than anything Whippletree writes");
            }
            return StateReader.read(bytes);
        } catch (NoSuchFileException e) {
            return SavedState.EMPTY;
        }
    }

    /** Returns whether there is something that Whippletree didn't create: a link, a pipe, a folder. */
    static boolean isForeign(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
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
        // A killed process may have left one that others can read.
        Files.deleteIfExists(temporary);
        try {
            writeTemporary(state);
            replace(temporary, file);
        } catch (IOException e) {
            Files.deleteIfExists(temporary); // A full disk needs the room.
            throw e;
        }
    }

    private void writeTemporary(SavedState state) throws IOException {
        try (FileChannel channel =
                PrivateFile.open(temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            Channels.newOutputStream(channel).write(StateWriter.write(state));
            // A power failure could leave an empty file under the new name otherwise.
            channel.force(true);
        }
    }

    /** Moves an unreadable file aside, replacing one that was moved before. */
    void putAside() throws IOException {
        replace(file, broken);
        if (!isForeign(broken)) {
            PrivateFile.makePrivate(broken, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static void replace(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
