package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds a JDK beside the one that runs the tests, where package managers put them side by side. */
final class OtherJdk {

    private OtherJdk() {}

    /** Returns the folder of a JDK of a version; empty if there is none. */
    static Optional<Path> ofVersion(int feature) throws IOException {
        Path beside = Path.of(System.getProperty("java.home")).toRealPath().getParent();
        try (Stream<Path> jdks = Files.list(beside)) {
            Optional<Path> found =
                    jdks.filter(jdk -> isOfVersion(jdk, feature)).sorted().findFirst();
            if (Integer.toString(feature).equals(System.getenv("WHIPPLETREE_REQUIRE_JDK"))) {
                assertThat(found)
                        .as("a JDK %d in %s, required by WHIPPLETREE_REQUIRE_JDK", feature, beside)
                        .isPresent();
            }
            return found;
        }
    }

    private static boolean isOfVersion(Path jdk, int feature) {
        Path release = jdk.resolve("release");
        try {
            return Files.isExecutable(jdk.resolve("bin/javac"))
                    && Files.isRegularFile(release)
                    && Files.readString(release).contains("JAVA_VERSION=\"" + feature);
        } catch (IOException e) {
            return false; // What can't be read can't be used either.
        }
    }
}
