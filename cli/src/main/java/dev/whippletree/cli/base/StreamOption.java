package dev.whippletree.cli.base;

import dev.whippletree.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option to print an answer as it arrives. */
public final class StreamOption {

    @Option(
            names = "--stream",
            negatable = true,
            description = "Print the answer as it arrives, or only when it is complete; default: as it arrives, on a"
                    + " terminal.")
    private @Nullable Boolean stream;

    public boolean wanted() {
        return Boolean.TRUE.equals(stream);
    }

    /** Returns whether an answer that standard output gets is shown while it comes. */
    public boolean on(Terminal terminal) {
        return stream == null ? terminal.out() : stream;
    }
}
