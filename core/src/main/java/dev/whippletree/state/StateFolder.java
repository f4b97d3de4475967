package dev.whippletree.state;

import dev.whippletree.state.StateReader.NewerStateException;
import dev.whippletree.state.StateReader.UnreadableStateException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A folder in which processes save state for later ones. Thread-safe. Its methods block for as long as the file system
 * does, but never for another process.
 */
public final class StateFolder {

    /**
     * Where this process is saving. One lock at a time: on POSIX systems closing any channel of a file, also one that didn't get the
     * lock, frees all locks that the process has on it.
     */
    private static final Set<Path> SAVING = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final StateFile file;
    private final Path lock;
    private final SavedState found;
    private final List<String> warnings;

    /** Whether this process has saved here before, or rehearsed it. */
    private volatile boolean rehearsed;

    private StateFolder(Path folder, StateFile file, SavedState found, List<String> warnings) {
        this.folder = folder;
        this.file = file;
        this.lock = folder.resolve("state.lock");
        this.found = found;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Opens a folder and reads what is there. Changes nothing, and never fails: what is wrong is told by {@link #warnings}.
     *
     * @param folder where; should be there and be writable
     */
    public static StateFolder open(Path folder) {
        StateFile file = new StateFile(folder);
        List<String> warnings = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            warnings.add("limits won't be remembered after this process: the state folder " + folder
                    + " doesn't exist; create it, or remove the key 'state'");
        } else if (!Files.isWritable(folder)) {
            warnings.add("limits won't be remembered after this process: the state folder " + folder
                    + " isn't writable; make this process's user its owner");
        }
        return new StateFolder(folder, file, read(file, warnings), warnings);
    }

    private static SavedState read(StateFile file, List<String> warnings) {
        try {
            return file.read();
        } catch (NewerStateException e) {
            warnings.add(newer(file, e));
        } catch (UnreadableStateException e) {
            warnings.add("the saved state of the limits is lost: " + file.path() + " can't be read, " + e.getMessage()
                    + "; it will be kept as " + file.broken().getFileName());
        } catch (IOException e) {
            warnings.add(
                    "the saved state of the limits can't be used: " + file.path() + " can't be read, " + reason(e));
        }
        return SavedState.EMPTY;
    }

    /** Returns where it is. */
    public Path path() {
        return folder;
    }

    /** Returns what was found when the folder was opened. */
    public SavedState found() {
        return found;
    }

    /** Returns what is there now; empty if it can't be read. */
    public Optional<SavedState> present() {
        try {
            return Optional.of(file.read());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Returns what was wrong when the folder was opened, a sentence each. */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * Saves what a process has to say beside what others said. What others saved in the meantime is kept.
     *
     * @param own all that the process has to say; it takes the place of what that said before
     * @param ending whether the process says no more
     * @param now the time of day
     */
    public Exchange exchange(OwnState own, boolean ending, Instant now) {
        Path place = lock.toAbsolutePath().normalize();
        if (!SAVING.add(place)) {
            return new Exchange.Busy(file.replacedAt());
        }
        try {
            return exchangeAlone(own, ending, now);
        } finally {
            SAVING.remove(place);
        }
    }

    private Exchange exchangeAlone(OwnState own, boolean ending, Instant now) {
        rehearse(own, now);
        try (FileChannel channel = openLock();
                FileLock held = channel.tryLock()) {
            if (held == null) {
                return new Exchange.Busy(file.replacedAt());
            }
            SavedState all = readOrPutAside().with(own, ending, now);
            file.write(all);
            return new Exchange.Done(all);
        } catch (OverlappingFileLockException e) {
            return new Exchange.Busy(file.replacedAt());
        } catch (NewerStateException e) {
            return new Exchange.Failed(newer(file, e));
        } catch (IOException e) {
            return new Exchange.Failed("the limits' state can't be saved in " + folder + ", " + reason(e)
                    + "; a restart won't know the present use");
        }
    }

    /** The first save of a process loads a JSON library; on a busy machine that takes seconds, for which nobody should hold the lock. */
    private void rehearse(OwnState own, Instant now) {
        if (rehearsed) {
            return;
        }
        rehearsed = true;
        try {
            StateReader.read(StateWriter.write(SavedState.EMPTY.with(own, false, now)));
        } catch (IOException e) {
            throw new IllegalStateException("a state can't be read as it was written", e);
        }
    }

    private FileChannel openLock() throws IOException {
        if (StateFile.isForeign(lock)) {
            throw new IOException("because " + lock.getFileName() + " isn't a regular file; delete it");
        }
        return PrivateFile.open(
                lock, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    private SavedState readOrPutAside() throws IOException {
        try {
            return file.read();
        } catch (UnreadableStateException e) {
            file.putAside();
            return SavedState.EMPTY;
        }
    }

    private static String newer(StateFile file, NewerStateException e) {
        return "limits won't be remembered after this process: " + file.path() + " can't be read, " + e.getMessage();
    }

    /** The message of a file system's exception is often but a path, and its class says what is wrong. */
    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "because it doesn't exist";
        }
        if (e instanceof AccessDeniedException denied) {
            return "access to " + denied.getFile() + " is denied; make this process's user its owner";
        }
        String what = e instanceof FileSystemException problem ? problem.getReason() : e.getMessage();
        return what != null ? what : e.toString();
    }
}
