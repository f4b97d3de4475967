package dev.whippletree.cli.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/**
 * Ends the process when its gateway can't continue, so that its supervisor can restart it. The message is prepared
 * beforehand, because there may be no memory left; for the same reason there is no clean-up. Thread-safe.
 */
final class LastWords implements Consumer<String> {

    private final byte[] words;
    private final OutputStream err;
    private final Runnable end;

    /**
     * Prepares them.
     *
     * @param exitCode which they announce
     * @param err where they go, unbuffered
     * @param end ends the process at once, with that code
     */
    LastWords(int exitCode, OutputStream err, Runnable end) {
        this.words = ("whippletree: the gateway has to end: a thread that it needs has ended, or has run nothing for a"
                        + " minute,"
                        + " for example after an OutOfMemoryError; it ends at once, with exit code " + exitCode
                        + ". Start it again, with more memory (-Xmx) if there was too little\n")
                .getBytes(UTF_8);
        this.err = err;
        this.end = end;
    }

    @Override
    public void accept(String stuck) {
        try {
            err.write(words);
            err.write(("whippletree: the error was " + stuck + "\n").getBytes(UTF_8));
        } catch (IOException | OutOfMemoryError e) {
            // Nothing can be printed, but the process must end.
        } finally {
            end.run();
        }
    }
}
