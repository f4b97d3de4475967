package dev.whippletree.cli.chat;

import dev.whippletree.cli.Surroundings;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** The file in which typed messages are kept from one chat to the next, which nobody but the user may read. */
final class ChatHistory {

    private static final String NAME = "chat-history";
    private static final Set<PosixFilePermission> OWN_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWN_FOLDER = PosixFilePermissions.fromString("rwx------");

    private ChatHistory() {}

    /**
     * Returns where it is: in the configured state folder, else in the user's.
     *
     * @param state the configured one
     * @return empty if the user has no folder at all
     */
    static Optional<Path> place(Optional<Path> state, Surroundings surroundings) {
        return state.or(() -> variable(surroundings, "XDG_STATE_HOME").map(folder -> folder.resolve("whippletree")))
                .or(() -> variable(surroundings, "HOME").map(home -> home.resolve(".local/state/whippletree")))
                .or(() -> variable(surroundings, "LOCALAPPDATA").map(folder -> folder.resolve("whippletree")))
                .map(folder -> folder.resolve(NAME));
    }

    private static Optional<Path> variable(Surroundings surroundings, String name) {
        return Optional.ofNullable(surroundings.environment().get(name))
                .filter(value -> !value.isBlank())
                .map(value -> surroundings.folder().resolve(value));
    }

    /**
     * Makes the file, readable for nobody else from its first moment, and its folder.
     *
     * @throws IOException if that can't be
     */
    static void make(Path file) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            Files.createDirectories(folder, attributes(posix, OWN_FOLDER));
        }
        try {
            Files.createFile(file, attributes(posix, OWN_FILE));
        } catch (FileAlreadyExistsException e) {
            if (posix) {
                Files.setPosixFilePermissions(file, OWN_FILE);
            }
        }
    }

    private static FileAttribute<?>[] attributes(boolean posix, Set<PosixFilePermission> permissions) {
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}
