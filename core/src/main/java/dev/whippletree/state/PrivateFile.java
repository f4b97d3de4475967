package dev.whippletree.state;

import dev.whippletree.model.ShownText;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Creates files and folders that only this process's user can read, from the first moment: mode 0600 and 0700 on file
 * systems with POSIX permissions, elsewhere the permissions of the enclosing folder. Stateless; blocks for as long as
 * the file system does.
 */
public final class PrivateFile {

    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

    private PrivateFile() {}

    /**
     * Opens a file.
     *
     * @param options how; where they create it, it is private, and one that is there keeps its permissions
     * @throws IOException if it can't be opened so
     */
    public static FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
        return FileChannel.open(file, options, attributes(file, FILE));
    }

    /** Creates an empty file; fails if there is one. */
    public static void create(Path file) throws IOException {
        Files.createFile(file, attributes(file, FILE));
    }

    /**
     * Writes a file, in UTF-8. One that is there is replaced, and private before anything is written to it; what isn't
     * a regular file, such as a pipe, keeps its permissions.
     *
     * @throws IOException if it can't be written
     */
    public static void replace(Path file, String text) throws IOException {
        if (Files.isRegularFile(file)) {
            makePrivate(file);
        }
        write(file, text, StandardOpenOption.CREATE);
    }

    /** Writes a new file, in UTF-8; fails if there is one. */
    public static void write(Path file, String text) throws IOException {
        write(file, text, StandardOpenOption.CREATE_NEW);
    }

    private static void write(Path file, String text, OpenOption creating) throws IOException {
        try (FileChannel channel =
                open(file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING, creating))) {
            Channels.newOutputStream(channel).write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Makes a file private that is there.
     *
     * @param links whether a link is followed; if not, the call fails for one
     * @throws IOException if that can't be, for instance since it is somebody else's
     */
    public static void makePrivate(Path file, LinkOption... links) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class, links);
        if (view != null) {
            view.setPermissions(FILE);
        }
    }

    /** Creates a folder, and those above it that aren't there. Does nothing if it is there. */
    public static void createFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, attributes(folder, FOLDER));
        }
    }

    /**
     * Makes safe from a power cut which files a folder has. Where a folder can't be opened, as on Windows, the file
     * system does by itself what it can.
     */
    public static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            return;
        }
    }

    /** Returns what is told of a folder that a setting names and that can't be used. */
    public static String refusal(String setting, Path folder, Exception why) {
        return ShownText.line(setting + ": " + folder + " can't be used; name a folder that this process may write to: "
                + reason(why));
    }

    /** Java's message is often nothing but the file's name. */
    private static String reason(Exception why) {
        boolean onlyNamed = why instanceof FileSystemException trouble && trouble.getReason() == null;
        if (onlyNamed) {
            return why.getMessage()
                    + (why instanceof AccessDeniedException ? ": permission denied" : " can't be created there");
        }
        return String.valueOf(why.getMessage());
    }

    /**
     * Creates a folder in one that is there. Does nothing if it is there too.
     *
     * @return the folder
     * @throws IOException if it can't be created, such as when the other isn't there
     */
    public static Path createSubfolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, attributes(folder, FOLDER));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
        return folder;
    }

    private static FileAttribute<?>[] attributes(Path file, Set<PosixFilePermission> permissions) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}
