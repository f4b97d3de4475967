package dev.whippletree.embedder.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MachineTest {

    @TempDir
    private Path root;

    @ParameterizedTest
    @CsvSource({
        "lib/ld-musl-x86_64.so.1, lib/other, Linux with musl",
        "lib/ld-musl-x86_64.so.1, lib64/ld-linux-x86-64.so.2, Linux",
        "lib/other, lib64/ld-linux-x86-64.so.2, Linux",
        "lib64/ld-musl-x86_64.so.1, usr/other, Linux"
    })
    void linuxWhoseOnlyLibraryIsMusl_isSaidToBeThat(String one, String other, String system) throws IOException {
        for (String file : List.of(one, other)) {
            Files.createDirectories(root.resolve(file).resolveSibling("."));
            Files.writeString(root.resolve(file), "");
        }

        assertThat(Machine.of(root, Map.of("os.name", "Linux", "os.arch", "amd64")::get))
                .isEqualTo(new Machine(system, "amd64"));
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
