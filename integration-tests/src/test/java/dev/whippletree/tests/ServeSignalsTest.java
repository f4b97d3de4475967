package dev.whippletree.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code whippletree serve} in a process of its own, and what it does when the system sends it a signal. */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no such signals")
final class ServeSignalsTest {

    private static final String CONFIGURATION = """
            accounts: [{id: one, provider: huggingface, token: none}]
            routes: {default: {model: m}}
            caches: []
            """;

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // by each test
    private CommandProcess command;

    private void start() throws IOException {
        command = CommandProcess.start(folder, Map.of(), List.of(), "serve", "--port=0", "--config=whippletree.yaml");
    }

    private void hangUp() throws Exception {
        Process kill = new ProcessBuilder(
                        List.of("kill", "-HUP", Long.toString(command.process().pid())))
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    @AfterEach
    void end() {
        command.close();
    }

    /** Under {@code nohup}, processes inherit that hang-ups are ignored, and a JVM leaves it so. */
    private static boolean ignoresHangUps() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) == 1);
    }

    @Test
    void hangUp_readsTheConfigurationAgain_andTermEndsInOrder() throws Exception {
        assumeThat(ignoresHangUps()).as("run without nohup").isFalse();
        Files.writeString(folder.resolve("whippletree.yaml"), CONFIGURATION);
        start();
        command.awaitText("out", "Ctrl-C ends it.");
        hangUp();
        command.awaitText("err", "the configuration has been reloaded");
        assertThat(command.process().isAlive()).isTrue();

        command.process().destroy();

        assertThat(command.exitCode()).as(() -> command.text("err")).isZero();
        assertThat(command.text("err")).contains("new requests are rejected");
    }

    /** The file is a pipe, so that it is known when the process begins to read it. */
    @Test
    void hangUpWhileItStarts_isAReloadOnceItServes() throws Exception {
        assumeThat(ignoresHangUps()).as("run without nohup").isFalse();
        Path pipe = folder.resolve("whippletree.yaml");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        start();
        try (OutputStream file = Files.newOutputStream(pipe, StandardOpenOption.WRITE)) {
            hangUp();
            Files.delete(pipe);
            Files.writeString(pipe, CONFIGURATION);
            file.write(CONFIGURATION.getBytes(UTF_8));
        }
        command.awaitText("err", "the configuration has been reloaded");
        command.awaitText("out", "Ctrl-C ends it.");
    }
}
