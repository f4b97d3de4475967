package dev.whippletree.batch;

import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results on their way into the journal. While the journal can't take them, as on a full disk, they are kept and tried
 * again every five seconds. Confined to the run.
 */
final class JournalWriter {

    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Journal journal;
    private final Timeline timeline;
    private final Runnable changed;
    private final List<BatchResult> unwritten = new ArrayList<>();
    private @Nullable IOException trouble;
    private @Nullable Throwable failure;
    private volatile boolean pausing;

    /**
     * Creates a ledger.
     *
     * @param changed is run when it is time to write again
     */
    JournalWriter(Journal journal, Timeline timeline, Runnable changed) {
        this.journal = journal;
        this.timeline = timeline;
        this.changed = changed;
    }

    /** Takes a result, which {@link #write} writes down. */
    void add(BatchResult result) {
        unwritten.add(result);
    }

    int size() {
        return unwritten.size();
    }

    /** Writes down what there is, unless that has just failed. Returns the results that are written. */
    List<BatchResult> write() {
        return pausing ? List.of() : tryToWrite();
    }

    /** Tries for the last time. Returns the results that are written; if there are none, {@link #failure} says why. */
    List<BatchResult> writeOrFail() {
        List<BatchResult> written = tryToWrite();
        IOException wrong = trouble;
        if (wrong != null && failure == null) {
            failure = new IOException(wrong.getMessage() + "; " + count() + " lost", wrong);
        }
        return written;
    }

    private List<BatchResult> tryToWrite() {
        if (unwritten.isEmpty() || failure != null) {
            return List.of();
        }
        List<BatchResult> results = List.copyOf(unwritten);
        try {
            journal.append(results);
        } catch (IOException e) {
            hold(e);
            return List.of();
        } catch (RuntimeException | Error e) {
            failure = e;
            return List.of();
        }
        if (trouble != null) {
            LOG.warn("Results can be written again; the batch goes on");
            trouble = null;
        }
        unwritten.clear();
        return results;
    }

    private void hold(IOException wrong) {
        if (trouble == null) {
            LOG.warn(
                    "{}; no prompt starts until that works again, and what arrives is kept in memory",
                    wrong.getMessage());
        }
        trouble = wrong;
        pausing = true;
        timeline.schedule(PAUSE.toNanos(), () -> {
            pausing = false;
            changed.run();
        });
    }

    /** Returns why results can't be written now, and how many are kept; empty if they can. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble).map(wrong -> wrong.getMessage() + "; " + count() + " kept in memory");
    }

    private String count() {
        return unwritten.size() == 1 ? "1 result is" : unwritten.size() + " results are";
    }

    /** Returns whether everything is written, or never can be. */
    boolean isSettled() {
        return unwritten.isEmpty() || failure != null;
    }

    /** Returns why the journal is of no more use; null: it is. */
    @Nullable Throwable failure() {
        return failure;
    }
}
