package dev.whippletree.batch.file;

import dev.whippletree.state.PrivateFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The file system of this machine. What it creates is private to the user: prompts and answers are. Stateless. */
enum Disk implements Storage {
    INSTANCE;

    /**
     * What this process has locked. It may open each only once: on POSIX systems, closing any channel of a file frees
     * all of the process's locks on it.
     */
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    private static final Set<StandardOpenOption> CREATING = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

    private record ChannelOutput(FileChannel channel) implements Output {

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
            long place = at;
            while (bytes.hasRemaining()) {
                place += channel.write(bytes, place);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Override
    public boolean exists(Path file) {
        return Files.exists(file);
    }

    @Override
    public InputStream read(Path file) throws IOException {
        return Files.newInputStream(file);
    }

    @Override
    public Output open(Path file) throws IOException {
        boolean isNew = !exists(file);
        FileChannel channel = PrivateFile.open(file, CREATING);
        if (isNew) {
            forceFolderOf(file);
        }
        return new ChannelOutput(channel);
    }

    /**
     * Opens a stream to a file; creates it if it isn't there.
     *
     * @param how whether it is written from its beginning or from its end on
     */
    static OutputStream stream(Path file, StandardOpenOption how) throws IOException {
        return Channels.newOutputStream(
                PrivateFile.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)));
    }

    @Override
    public void replace(Path file, Path by) throws IOException {
        try (FileChannel channel = FileChannel.open(by, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        permitAs(file, by);
        Files.move(by, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolderOf(file);
    }

    /** A file that takes another's place has its permissions, unless the file system has none, or refuses. */
    private static void permitAs(Path file, Path by) {
        try {
            Files.setPosixFilePermissions(by, Files.getPosixFilePermissions(file));
        } catch (IOException | UnsupportedOperationException e) {
            return;
        }
    }

    private static void forceFolderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            PrivateFile.forceFolder(folder);
        }
    }

    /**
     * Locks a file, which is created if it isn't there, until the result is closed or this process ends.
     *
     * @return empty if it is locked already
     */
    static Optional<Closeable> lock(Path file) throws IOException {
        Path place = file.toAbsolutePath().normalize();
        if (!LOCKED.add(place)) {
            return Optional.empty();
        }
        boolean locked = false;
        try {
            FileChannel channel = PrivateFile.open(place, CREATING);
            locked = isLocked(channel);
            return locked ? Optional.of(() -> unlock(place, channel)) : Optional.empty();
        } finally {
            if (!locked) {
                LOCKED.remove(place);
            }
        }
    }

    /** Returns whether this process has locked a file. It may not open it to see. */
    static boolean isLockedHere(Path file) {
        return LOCKED.contains(file.toAbsolutePath().normalize());
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Another class loader of this process has it.
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        return locked;
    }

    private static void unlock(Path place, FileChannel channel) throws IOException {
        if (channel.isOpen()) {
            channel.close();
            LOCKED.remove(place);
        }
    }
}
