package dev.whippletree.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ChatHistoryTest {

    @TempDir
    private Path folder;

    private Optional<Path> place(Optional<Path> state, Map<String, String> environment) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        return ChatHistory.place(
                state, Shell.around(folder, environment, nowhere, nowhere, Terminal.NONE, new VirtualTimeline(1)));
    }

    @Test
    void place_isTheStateFolder_elseTheUsersFolderOfStates_elseBelowTheirHome() {
        Map<String, String> both = Map.of("XDG_STATE_HOME", "/states", "HOME", "/home/me");
        assertThat(place(Optional.of(folder), both)).contains(folder.resolve("chat-history"));
        assertThat(place(Optional.empty(), both)).contains(Path.of("/states/whippletree/chat-history"));
        assertThat(place(Optional.empty(), Map.of("HOME", "/home/me", "XDG_STATE_HOME", " ")))
                .contains(Path.of("/home/me/.local/state/whippletree/chat-history"));
        assertThat(place(Optional.empty(), Map.of())).isEmpty();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void file_isReadableForNobodyElse_alsoIfItWasThere() throws IOException {
        Path file = folder.resolve("new/whippletree/chat-history");
        ChatHistory.make(file);
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(permissions(folder.resolve("new/whippletree"))).isEqualTo("rwx------");
        Files.writeString(file, "kept");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        ChatHistory.make(file);
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(file).content().isEqualTo("kept");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
