package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A process that has ended. Immutable.
 *
 * @param exitCode what it told the shell
 * @param out what it printed on standard output
 * @param err what it printed on standard error
 */
record ProcessRun(int exitCode, String out, String err) {

    /** Only keeps a test that would never end from never ending; a first Maven build may have to download. */
    private static final long PATIENCE_SECONDS = 300;

    /** Nothing of the surroundings reaches the process but what a system needs to start one at all. */
    private static final Set<String> KEPT = Set.of("PATH", "SystemRoot", "TEMP", "TMP");

    /** Runs a Java program with one class path. Blocks until it ends. */
    static ProcessRun java(
            String classPath, Path folder, Map<String, String> environment, String main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("childJdk"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-classpath",
                classPath,
                main));
        command.addAll(List.of(arguments));
        return of(command, folder, environment);
    }

    /**
     * Runs a program. Blocks until it ends.
     *
     * @param command the program and its arguments
     * @param folder an existing folder, where it runs and its output is kept
     * @param environment all the variables it sees, besides those a system needs
     */
    static ProcessRun of(List<String> command, Path folder, Map<String, String> environment)
            throws IOException, InterruptedException {
        return of(command, folder, environment, PATIENCE_SECONDS);
    }

    /** Does the same for a program that takes longer: that many seconds at most. */
    static ProcessRun of(List<String> command, Path folder, Map<String, String> environment, long patienceSeconds)
            throws IOException, InterruptedException {
        Path out = folder.resolve("standard-output.txt");
        Path err = folder.resolve("standard-error.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().retainAll(KEPT);
        builder.environment().put("WHIPPLETREE_CLASS_DATA", ""); // Tests leave nothing in a user's cache folder.
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            process.getOutputStream().close(); // Or the command would wait for what is piped into it.
            assertThat(process.waitFor(patienceSeconds, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new ProcessRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
