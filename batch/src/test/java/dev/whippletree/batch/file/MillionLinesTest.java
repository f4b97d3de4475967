package dev.whippletree.batch.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A million lines in a heap of 128 MB, and the check and the resuming of ten million in 256 MB; what they print are
 * figures.
 */
@Tag("thorough")
final class MillionLinesTest {

    private static final int HOURS = 1;

    @TempDir
    private Path folder;

    @Test
    void aMillionLines_areAskedIn128Megabytes() throws Exception {
        run("128m", "plain", 1_000_000);
        Files.delete(folder.resolve("answers.jsonl"));
        run("128m", "batch", 1_000_000);

        try (Stream<String> lines = Files.lines(folder.resolve("answers.jsonl"))) {
            assertThat(lines.count()).isEqualTo(1_000_000);
        }
    }

    @Test
    void aMillionConversations_areHeldIn128Megabytes() throws Exception {
        run("128m", "conversations", 1_000_000, "1000000");

        try (Stream<String> lines = Files.lines(folder.resolve("answers.jsonl"))) {
            assertThat(lines.count()).isEqualTo(1_000_000);
        }
    }

    @Test
    void tenMillionLines_areCheckedIn256Megabytes() throws Exception {
        run("256m", "check", 10_000_000);
    }

    @Test
    void tenMillionLines_areResumedIn256Megabytes() throws Exception {
        run("256m", "answers", 10_000_000);
        run("256m", "batch", 10_000_000);

        try (Stream<String> lines = Files.lines(folder.resolve("answers.jsonl"))) {
            assertThat(lines.count()).isEqualTo(10_000_000);
        }
    }

    private void run(String heap, String what, int lines, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("childJdk"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-classpath",
                System.getProperty("java.class.path"),
                MillionLines.class.getName(),
                what,
                Integer.toString(lines),
                folder.toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(HOURS, TimeUnit.HOURS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
