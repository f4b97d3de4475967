package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What a test needs that Maven can't bring. */
public final class Surroundings {

    /** If it is {@code true}, what is missing fails the tests that need it; else it skips them. */
    static final String REQUIRED = "WHIPPLETREE_REQUIRE_CLIENTS";

    /** If it is set, the packages of npm and PyPI are being installed as long as the file of this name exists. */
    private static final String INSTALLING = "WHIPPLETREE_INSTALLING";

    /** Only keeps a test that would never end from never ending. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private Surroundings() {}

    /** Waits until the packages of npm and PyPI are installed, if they are being installed. */
    static void awaitPackages() {
        Optional.ofNullable(System.getenv(INSTALLING))
                .map(Path::of)
                .ifPresent(installing -> await().atMost(PATIENCE).until(() -> Files.notExists(installing)));
    }

    /**
     * Returns a thing that is there. Skips the test if it isn't, or fails it where all is required to be there.
     *
     * @param otherwise what is missing, and how to get it
     */
    public static <T> T need(Optional<T> thing, String otherwise) {
        if (Boolean.parseBoolean(System.getenv(REQUIRED))) {
            assertThat(thing).as("%s (required by %s)", otherwise, REQUIRED).isPresent();
        }
        Assumptions.assumeTrue(thing.isPresent(), "skipped: " + otherwise);
        return thing.orElseThrow();
    }

    /** Returns the programs of these names on the path, in the order of the names. */
    public static Stream<Path> onPath(String... names) {
        List<String> folders = List.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator));
        return Stream.of(names)
                .flatMap(name -> folders.stream()
                        .flatMap(folder -> Stream.of(Path.of(folder, name), Path.of(folder, name + ".exe"))))
                .filter(Files::isExecutable);
    }
}
