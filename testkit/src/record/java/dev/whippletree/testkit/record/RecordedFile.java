package dev.whippletree.testkit.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a test generates, such as a page of docs/reference. */
public final class RecordedFile {

    private RecordedFile() {}

    /** Checks that a file has what was generated; {@code -Drecord=true} writes it first. */
    public static void check(Path file, String generated) throws IOException {
        if (Boolean.getBoolean("record")) {
            Files.writeString(file, generated);
        }
        assertThat(file)
                .as("%s; if the change is meant, run this test with -Drecord=true", file)
                .content()
                .isEqualTo(generated);
    }
}
