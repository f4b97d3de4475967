package dev.whippletree.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command in a process of its own, with the tests' class path instead of a distribution's. */
public final class CommandProcess implements AutoCloseable {

    /** Only keeps a test that would never end from never ending. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path folder;
    private final Process process;

    private CommandProcess(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts the command on the JDK of the property {@code childJdk}.
     *
     * @param folder where it runs, and where the files {@code out} and {@code err} have what it prints
     * @param environment variables besides those of this process
     * @param options options for its JVM, besides those that the launcher gives
     * @param arguments the command's name and its arguments
     */
    public static CommandProcess start(
            Path folder, Map<String, String> environment, List<String> options, String... arguments)
            throws IOException {
        return start(folder, environment, line(options, arguments));
    }

    /** Starts a line that runs the command somehow. */
    static CommandProcess start(Path folder, Map<String, String> environment, List<String> line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().putAll(environment);
        return new CommandProcess(folder, builder.start());
    }

    /** Returns the line that runs the command, options for its JVM first. */
    public static List<String> line(List<String> options, String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("childJdk"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // As the launcher does: newer JVMs warn of native code and Unsafe in libraries. Older ones don't know
                // these.
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dguice_custom_class_loading=CHILD"));
        line.addAll(options);
        line.addAll(List.of("-classpath", System.getProperty("java.class.path"), "dev.whippletree.cli.Main"));
        line.addAll(List.of(arguments));
        return line;
    }

    /** Returns what surrounds the command where it is run in this process instead, at no terminal. */
    public static Surroundings around(
            Path folder, Map<String, String> environment, PrintWriter out, PrintWriter err, Timeline timeline) {
        return new Surroundings(
                environment,
                folder,
                InputStream.nullInputStream(),
                out,
                err,
                Terminal.NONE,
                () -> ZoneOffset.UTC,
                new CompletableFuture<>(),
                timeline,
                Whippletree::builder);
    }

    public Process process() {
        return process;
    }

    /** Returns what it has printed: {@code out} or {@code err}. */
    public String text(String stream) {
        try {
            return new String(Files.readAllBytes(folder.resolve(stream)), UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits until something is printed, and returns its first group, if there is one. Fails if it ends before that. */
    public String awaitText(String stream, String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        await().atMost(PATIENCE).until(() -> wanted.matcher(text(stream)).find() || !process.isAlive());
        Matcher found = wanted.matcher(text(stream));
        assertThat(found.find()).as(() -> text("err")).isTrue();
        return found.group(found.groupCount());
    }

    /** Waits until it has ended, and returns its exit code. */
    public int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("it ends")
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
