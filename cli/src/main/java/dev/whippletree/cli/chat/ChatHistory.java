package dev.whippletree.cli.chat;

import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.state.PrivateFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Optional;

/** The file that keeps typed messages between chats, readable only by the user. */
final class ChatHistory {

    private static final String NAME = "chat-history";

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

    /** Creates the file and its folder, readable only by the user from the first moment. */
    static void make(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            PrivateFile.createFolder(folder);
        }
        try {
            PrivateFile.create(file);
        } catch (FileAlreadyExistsException e) {
            PrivateFile.makePrivate(file);
        }
    }
}
