package dev.whippletree.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.StandardStream;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.spi.Cache;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.Timeline;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Runs the command in this process and keeps what it prints. */
public final class Shell {

    public final ScriptedProvider provider = new ScriptedProvider();
    private final Map<String, String> environment = new HashMap<>();
    private final CompletableFuture<Void> interruption = new CompletableFuture<>();
    private final WatchedWriter out = new WatchedWriter();
    private final StringWriter err = new StringWriter();
    private final Path folder;
    private byte[] input = {};
    private Terminal terminal = Terminal.NONE;
    private UnaryOperator<Whippletree.Builder> parts = builder -> builder;
    private Supplier<ZoneId> zones = () -> ZoneOffset.UTC;
    private PrintWriter output = new PrintWriter(out);

    public Shell(Path folder) {
        this.folder = folder;
    }

    public Shell variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public Shell withAccount() {
        return variable(ScriptedProvider.VARIABLE, "sesame");
    }

    public Shell input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    public Shell input(byte[] bytes) {
        this.input = bytes.clone();
        return this;
    }

    public Shell terminal(Terminal terminal) {
        this.terminal = terminal;
        return this;
    }

    /** Adds a cache to those that are found, under its name. */
    public Shell cache(Cache cache) {
        parts = builder -> builder.cache(cache);
        return this;
    }

    public Shell zones(Supplier<ZoneId> zones) {
        this.zones = zones;
        return this;
    }

    /** Sends standard output elsewhere; {@link #out()} is empty then. */
    public Shell output(OutputStream stream) {
        output = StandardStream.on(stream, StandardCharsets.UTF_8);
        return this;
    }

    public Shell file(String name, String contents) {
        try {
            Files.writeString(folder.resolve(name), contents);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Runs something once, on the printing thread, as soon as standard output has a text. */
    public Shell whenPrinted(String text, Runnable then) {
        out.awaited = text;
        out.then = then;
        return this;
    }

    /** Runs what has to end well. */
    public void succeeds(String... arguments) {
        assertThat(run(arguments)).as(err()).isZero();
    }

    /** Runs a line whose words are divided by blanks. */
    public int line(String line) {
        return run(line.split(" "));
    }

    public int run(String... arguments) {
        try (SystemTimeline timeline = new SystemTimeline()) {
            return Main.run(
                    new Surroundings(
                            environment,
                            folder,
                            new ByteArrayInputStream(input),
                            output,
                            new PrintWriter(err),
                            terminal,
                            zones,
                            interruption,
                            timeline,
                            () -> parts.apply(Whippletree.builder().provider(provider))),
                    arguments);
        }
    }

    /** Returns what surrounds a part of the command that is run without the rest of it. */
    public static Surroundings around(
            Path folder,
            Map<String, String> environment,
            PrintWriter out,
            PrintWriter err,
            Terminal terminal,
            Timeline timeline) {
        return new Surroundings(
                environment,
                folder,
                InputStream.nullInputStream(),
                out,
                err,
                terminal,
                () -> ZoneOffset.UTC,
                new CompletableFuture<>(),
                timeline,
                Whippletree::builder);
    }

    public void interrupt() {
        interruption.complete(null);
    }

    public String out() {
        return out.toString();
    }

    public String err() {
        return err.toString();
    }

    private static final class WatchedWriter extends StringWriter {

        private String awaited = "";
        private Runnable then = () -> {};

        @Override
        public void write(String text, int offset, int length) {
            super.write(text, offset, length);
            if (!awaited.isEmpty() && toString().contains(awaited)) {
                awaited = "";
                then.run();
            }
        }
    }
}
