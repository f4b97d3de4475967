package dev.whippletree.terminal;

import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a long task is shown on, and what ends it early. Immutable.
 *
 * @param out standard output: the results
 * @param err standard error: everything a person should know besides
 * @param terminal which of the two are a terminal
 * @param zones in whose time of day instants are printed; asked only then
 * @param interruption ends when the user has had enough
 * @param log sends the lines of the log elsewhere from then on
 */
public record Console(
        PrintWriter out,
        PrintWriter err,
        Terminal terminal,
        Supplier<ZoneId> zones,
        CompletableFuture<Void> interruption,
        Consumer<Consumer<String>> log) {

    /**
     * Returns a display on standard error; shows nothing yet.
     *
     * @param bar what is under way
     * @param every where that isn't a terminal: how many times something is shown for each line printed, 1 or more
     */
    public Display display(ProgressBar bar, int every) {
        return terminal.err() ? new RedrawnDisplay(err, bar, terminal.size()) : new PlainDisplay(err, bar, every);
    }
}
