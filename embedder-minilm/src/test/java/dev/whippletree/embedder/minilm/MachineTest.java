package dev.whippletree.embedder.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineTest {

    private static final Map<String, String> LINUX = Map.of("os.name", "Linux", "os.arch", "amd64");

    @TempDir
    private Path root;

    private void file(String folder, String name) throws IOException {
        Files.writeString(Files.createDirectories(root.resolve(folder)).resolve(name), "");
    }

    private Machine machine(Map<String, String> properties) {
        return Machine.of(root, properties::get);
    }

    @Test
    void linuxWhoseOnlyLibraryIsMusl_isSaidToBeThat() throws IOException {
        file("lib", "ld-musl-x86_64.so.1");

        assertThat(machine(LINUX)).isEqualTo(new Machine("Linux with musl", "amd64"));
    }

    @Test
    void linuxThatHasMuslBesidesGlibc_isNot() throws IOException {
        file("lib", "ld-musl-x86_64.so.1");
        file("lib64", "ld-linux-x86-64.so.2");

        assertThat(machine(LINUX)).isEqualTo(new Machine("Linux", "amd64"));
    }

    @Test
    void machineWithoutSuchFolders_isWhatTheJvmCallsIt() {
        assertThat(machine(Map.of("os.name", "Mac OS X", "os.arch", "x86_64")))
                .isEqualTo(new Machine("Mac OS X", "x86_64"));
    }

    @Test
    void message_saysWhere_why_andWhatToDo() {
        Throwable error = new ExceptionInInitializerError(new IOException("no space left"));

        assertThat(new Machine("Mac OS X", "x86_64").withoutRuntime(error))
                .contains("on this machine, Mac OS X (x86_64): no space left. ")
                .contains("approved wordings, which need no embedder")
                .contains("-Donnxruntime.native.path");
        assertThat(new Machine("Linux", "x86").withoutRuntime(new UnsatisfiedLinkError()))
                .contains("Linux (x86): UnsatisfiedLinkError. ");
    }
}
