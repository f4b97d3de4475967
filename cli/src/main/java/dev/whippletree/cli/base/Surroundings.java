package dev.whippletree.cli.base;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.terminal.Console;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.Timeline;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import picocli.CommandLine.Help.Ansi;

/**
 * A command's environment; tests replace it. Immutable.
 *
 * @param environment the environment's variables
 * @param folder where relative paths start
 * @param in standard input, as text in the charset of the terminal
 * @param out standard output: answers and nothing else
 * @param err standard error: everything a person should know besides
 * @param terminal which of these are a terminal
 * @param zones tells in whose time of day instants are printed; asked only then, since a JVM looks into every jar of
 *     the class path to tell
 * @param interruption ends when the user has had enough; in a process it never does, since Ctrl-C ends the process
 * @param timeline the time by which the command itself measures
 * @param builders makes a builder for each Whippletree opened
 */
public record Surroundings(
        Map<String, String> environment,
        Path folder,
        InputStream in,
        PrintWriter out,
        PrintWriter err,
        Terminal terminal,
        Supplier<ZoneId> zones,
        CompletableFuture<Void> interruption,
        Timeline timeline,
        Supplier<Whippletree.Builder> builders) {

    /** By this property the launcher says where the distribution's own folder of plugins is. */
    private static final String PLUGINS_PROPERTY = "whippletree.plugins";

    public Surroundings {
        environment = Map.copyOf(environment);
    }

    public static Surroundings ofProcess() {
        Terminal terminal = Terminal.ofProcess(System.getenv(), () -> Ansi.AUTO.enabled());
        return new Surroundings(
                System.getenv(),
                Path.of(""),
                System.in,
                writer(FileDescriptor.out, terminal),
                writer(FileDescriptor.err, terminal),
                terminal,
                ZoneId::systemDefault,
                new CompletableFuture<>(),
                new SystemTimeline(),
                Surroundings::builder);
    }

    public Surroundings in(Map<String, String> otherEnvironment, Path otherFolder) {
        return new Surroundings(
                otherEnvironment, otherFolder, in, out, err, terminal, zones, interruption, timeline, builders);
    }

    private static Whippletree.Builder builder() {
        Whippletree.Builder builder = Whippletree.builder();
        String plugins = System.getProperty(PLUGINS_PROPERTY);
        return plugins != null && Files.isDirectory(Path.of(plugins)) ? builder.plugins(Path.of(plugins)) : builder;
    }

    /**
     * Returns whether standard input has, or will have, something that nobody types. Where no launcher says so, what
     * can be read by now decides.
     */
    public boolean isPiped() {
        try {
            return !terminal.in() && (Terminal.isTold() || in.available() > 0);
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns in whose time of day instants are printed. */
    public ZoneId zone() {
        return zones.get();
    }

    public Console console() {
        return new Console(out, err, terminal, zones, interruption, LogOutput::to);
    }

    /** Returns how standard input is encoded. */
    public Charset charset() {
        return charset(terminal);
    }

    /** Returns how text is encoded: a Windows console has its own way, everything else gets UTF-8. */
    private static Charset charset(Terminal terminal) {
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        String console = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
        return windows && terminal.in() && console != null ? Charset.forName(console) : StandardCharsets.UTF_8;
    }

    private static PrintWriter writer(FileDescriptor descriptor, Terminal terminal) {
        return StandardStream.on(new FileOutputStream(descriptor), charset(terminal));
    }

    /** Prints what the command itself has to say, on standard error. */
    public void say(String words) {
        err.println("whippletree: " + words);
    }

    /** Returns the error that lost printed output; empty if nothing was lost. */
    public Optional<IOException> lostOutput() {
        return out instanceof StandardStream stream ? stream.loss() : Optional.empty();
    }

    /** Returns the folder and what is a terminal, and nothing of the environment: tokens are in there. */
    @Override
    public String toString() {
        return "surroundings in " + folder.toAbsolutePath() + ", " + terminal;
    }
}
