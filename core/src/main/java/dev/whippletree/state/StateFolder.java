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
     * The folders that this process is saving to. It may hold only one lock of each: on POSIX systems, closing any
     * channel of a file frees all of the process's locks on it.
     */
    private static final Set<Path> SAVING = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final StateFile file;
    private final Path lock;
    private final SavedState found;
    private final List<String> warnings;

    /** Whether this process has saved here, or rehearsed it. */
    private volatile boolean rehearsed;

    private StateFolder(Path folder, StateFile file, SavedState found, List<String> warnings) {
        this.folder = folder;
        this.file = file;
        this.lock = folder.resolve("state.lock");
        this.found = found;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Opens a folder and reads its state. Changes nothing, and never fails: see {@link #warnings}.
     *
     * @param folder where; should be there and be writable
     */
    public static StateFolder open(Path folder) {
        StateFile file = new StateFile(folder);
        List<String> warnings = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            warnings.add("limits won't be remembered after this process: the state folder " + folder
                    + (Files.exists(folder)
                            ? " is a file; name a folder"
                            : " doesn't exist; create it, or remove the key 'state'"));
            return new StateFolder(folder, file, SavedState.EMPTY, warnings);
        }
        if (!Files.isWritable(folder)) {
            warnings.add("limits won't be remembered after this process: the state folder " + folder
                    + " isn't writable: let this process's user write to it, or name another folder if its file"
                    + " system is read-only");
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

    public Path path() {
        return folder;
    }

    /** Returns what was found when the folder was opened. */
    public SavedState found() {
        return found;
    }

    /** Returns the present state; empty if it can't be read. */
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
     * Saves a process's own state beside that of others, which is kept.
     *
     * @param own the process's whole state; it replaces what the process saved before
     * @param ending whether the process ends
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
            return new Exchange.SaveFailed(newer(file, e));
        } catch (IOException e) {
            return new Exchange.SaveFailed("the limits' state can't be saved in " + folder + ", " + reason(e)
                    + "; a restart won't know the present use");
        }
    }

    /**
     * Loads the JSON library before the first save; on a busy machine that takes seconds, during which nobody should
     * hold the lock.
     */
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

    /** Describes a file system's exception: its message is often only a path, and its class says what is wrong. */
    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "because it doesn't exist";
        }
        if (e instanceof AccessDeniedException denied) {
            return "access to " + denied.getFile() + " is denied; make this process's user its owner, or name"
                    + " another folder";
        }
        String what = e instanceof FileSystemException problem ? problem.getReason() : e.getMessage();
        return what != null ? what : e.toString();
    }
}
