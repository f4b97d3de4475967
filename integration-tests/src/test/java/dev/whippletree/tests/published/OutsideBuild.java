package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Builds Maven projects as a stranger would: from a copy, with the Maven that runs this build, and with our artifacts
 * from {@code target/repository}.
 *
 * <p>The user's local repository is read, as if it were a remote one, so that nothing has to be loaded twice and
 * nothing at all where this build is offline; but nothing is written to it, and no artifact of ours that somebody
 * installed is found in it: it is asked last for those.
 */
final class OutsideBuild {

    /** Kept, for a channel that nobody refers to is closed. */
    private static final List<FileChannel> LOCKS = new ArrayList<>();

    private static final Path OUTSIDE = folderOfThisProcess();
    private static final Path LOCAL = OUTSIDE.resolve("local-repository");

    private OutsideBuild() {}

    /**
     * Returns the first folder that no other process of these tests has claimed. It stays locked as long as this one
     * runs.
     */
    private static Path folderOfThisProcess() {
        try {
            for (int number = 1; ; number++) {
                Path folder = Files.createDirectories(Path.of("target/outside/" + number))
                        .toAbsolutePath();
                FileChannel lock =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (lock.tryLock() != null) {
                    LOCKS.add(lock);
                    return folder;
                }
                lock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for outside builds", e);
        }
    }

    /**
     * Copies a project and packages it. Blocks until that is done. Skips the test where there is no Maven.
     *
     * @param source the folder of the project
     * @return the folder of the copy
     */
    static Path packaged(Path source) throws IOException, InterruptedException {
        return packaged(source, Path.of(System.getProperty("childJdk")));
    }

    /**
     * Does the same with another JDK.
     *
     * @param source the folder of the project
     * @param jdk the folder of the JDK
     * @return the folder of the copy
     */
    static Path packaged(Path source, Path jdk) throws IOException, InterruptedException {
        Path copy = OUTSIDE.resolve(source.getFileName() + "-on-" + jdk.getFileName());
        Folders.delete(copy);
        Folders.copy(source, copy);
        List<String> arguments = new ArrayList<>(List.of("package"));
        if (namesTheVersion(copy)) {
            arguments.add("-Dwhippletree.version=" + System.getProperty("whippletree.version"));
        }
        ProcessRun run = maven(copy, jdk, arguments);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).as("warnings about our artifacts").doesNotContain("Checksum validation failed");
        return copy;
    }

    /**
     * Runs Maven in the folder of a project. Blocks until it ends. Skips the test where there is no Maven.
     *
     * @param project the folder, which may be written to
     * @param jdk the folder of the JDK
     * @param arguments phases and options
     */
    static ProcessRun maven(Path project, Path jdk, List<String> arguments) throws IOException, InterruptedException {
        PublishedArtifact.assumePublished();
        Path maven = program();
        // Else Maven would take ours, some folders up, for this project's.
        Files.createDirectories(project.resolve(".mvn"));
        Folders.delete(LOCAL.resolve("dev/whippletree"));
        Path settings = Files.writeString(OUTSIDE.resolve("settings.xml"), settings());

        List<String> command = new ArrayList<>(
                List.of(maven.toString(), "-B", "-ntp", "-s", settings.toString(), "-Dmaven.repo.local=" + LOCAL));
        if (System.getProperty("maven.network", "").equals("offline=true")) {
            command.addAll(List.of("-o", "-Daether.offline.protocols=file"));
        }
        command.addAll(arguments);
        return ProcessRun.of(
                command,
                project,
                Map.of("JAVA_HOME", jdk.toString(), "MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"));
    }

    /** A project that doesn't ask for it mustn't get it: its tests would see a property of ours that isn't one. */
    private static boolean namesTheVersion(Path project) throws IOException {
        try (Stream<Path> files = Files.walk(project)) {
            for (Path file : files.filter(path -> path.endsWith("pom.xml")).toList()) {
                if (Files.readString(file).contains("${whippletree.version}")) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Returns where Maven is; skips the test where it isn't. */
    static Path program() {
        String home = System.getProperty("maven.home", "");
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        Path maven = Path.of(home, "bin", windows ? "mvn.cmd" : "mvn");
        Assumptions.assumeTrue(
                !home.isEmpty() && Files.isExecutable(maven),
                "skipped: there is no Maven to build with (property maven.home: '" + home + "')");
        return maven;
    }

    private static String settings() {
        return """
                <settings>
                  <profiles>
                    <profile>
                      <id>outside</id>
                      <repositories>
                        <repository>
                          <id>whippletree</id>
                          <url>%1$s</url>
                          <snapshots><enabled>true</enabled><updatePolicy>always</updatePolicy></snapshots>
                        </repository>
                        <repository>
                          <id>users</id>
                          <url>%2$s</url>
                          <releases><checksumPolicy>ignore</checksumPolicy></releases>
                          <snapshots><enabled>false</enabled></snapshots>
                        </repository>
                      </repositories>
                      <pluginRepositories>
                        <pluginRepository>
                          <id>users</id>
                          <url>%2$s</url>
                          <releases><checksumPolicy>ignore</checksumPolicy></releases>
                          <snapshots><enabled>false</enabled></snapshots>
                        </pluginRepository>
                      </pluginRepositories>
                    </profile>
                  </profiles>
                  <activeProfiles><activeProfile>outside</activeProfile></activeProfiles>
                </settings>
                """.formatted(
                        PublishedArtifact.REPOSITORY.toUri(),
                        Path.of(System.getProperty("maven.localRepository")).toUri());
    }
}
