package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.tests.Project;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two builds of a release are equal, wherever and whenever they run. */
@Tag("thorough")
final class ReproducibleTest {

    private static final int PATIENCE_MINUTES = 60;

    @TempDir
    private Path folder;

    /** The script says how the two differ. It needs the network: the tool that lists the contents refuses without. */
    @Test
    void release_isTheSame_inAnotherFolderTimeZoneAndUmask() throws IOException, InterruptedException {
        Path printed = folder.resolve("printed");
        ProcessBuilder builder = new ProcessBuilder(
                        Project.ROOT.resolve("release/reproduce").toString(), "0.1.0")
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("childJdk"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as(Files.readString(printed, StandardCharsets.UTF_8))
                .isZero();
    }
}
