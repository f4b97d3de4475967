package dev.whippletree.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether an answer is shown while it comes. */
final class StreamOption {

    @Option(
            names = "--stream",
            negatable = true,
            description = "Print the answer while it comes, or only when it is whole; default: while it comes, on a"
                    + " terminal.")
    private @Nullable Boolean stream;

    /** Returns whether the user asked for it. */
    boolean wanted() {
        return Boolean.TRUE.equals(stream);
    }

    /** Returns whether an answer that standard output gets is shown while it comes. */
    boolean on(Terminal terminal) {
        return stream == null ? terminal.out() : stream;
    }
}
