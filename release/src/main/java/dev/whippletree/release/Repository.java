package dev.whippletree.release;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Lays out what the other modules have built as a Maven repository, {@code target/repository}, for builds outside this
 * one. A program, run before the tests that start such builds.
 */
public final class Repository {

    private Repository() {}

    /** Takes the folder of the whole build and its version; replaces the repository there was. */
    public static void main(String[] arguments) throws IOException {
        Path project = Path.of(arguments[0]);
        Path repository = Trees.replaced(project.resolve("target/repository"));
        Published published = new Published(project, arguments[1]);
        for (Path copy : published
                .copy(repository, List.of(".jar", "-sources.jar", "-javadoc.jar"))
                .values()) {
            // Without it, Maven warns of each file that it takes from here, with a stack trace.
            Checksum.SHA1.writeBeside(copy);
        }
    }
}
