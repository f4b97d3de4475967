package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The programs of one source file in {@code integration-tests/clients}, each with a class path of its own. */
final class JavaProgram {

    private JavaProgram() {}

    /**
     * Returns how a program is run, in a JVM of its own; its arguments are to follow.
     *
     * @param folder the folder it is in
     * @param source its file's name
     */
    static List<String> command(String folder, String source) {
        Path project = Path.of("clients", folder).toAbsolutePath();
        Path classPath = project.resolve("target/class-path.txt");
        assertThat(classPath)
                .as("what a build of the module clients/%s leaves", folder)
                .exists();
        try {
            return List.of(
                    Path.of(System.getProperty("childJdk"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "--class-path",
                    Files.readString(classPath).strip(),
                    project.resolve(source).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
