package dev.whippletree.batch;

import dev.whippletree.model.Origin;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what has ended, and reports the run's progress to the listener. Confined to the run, except for
 * {@link #progress}.
 */
final class BatchTally {

    private static final Logger LOG = LoggerFactory.getLogger(BatchTally.class);

    private final OptionalLong total;
    private final Consumer<BatchProgress> listener;
    private final Outlook outlook;
    private volatile BatchProgress progress;
    private long answered;
    private long fromCache;
    private long failed;

    /**
     * The run at a moment.
     *
     * @param elapsed since it began
     * @param skipped items that the journal had
     * @param underWay items that are being asked
     * @param held why nothing more is asked for now; empty: it is
     * @param stopped why it ends before all is done; empty: it doesn't
     */
    record Moment(Duration elapsed, long skipped, int underWay, Optional<String> held, Optional<String> stopped) {}

    BatchTally(BatchSettings settings, Outlook outlook) {
        this.total = settings.total();
        this.listener = settings.listener();
        this.outlook = outlook;
        this.progress = new BatchProgress(
                total,
                0,
                0,
                0,
                0,
                0,
                0,
                Duration.ZERO,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** An item has ended. */
    void count(BatchResult result) {
        if (result instanceof BatchResult.Answered whole) {
            answered++;
            fromCache += whole.completion().origin().source() == Origin.Source.CALL ? 0 : 1;
        } else {
            failed++;
        }
    }

    /** Returns how many have ended. */
    long ended() {
        return answered + failed;
    }

    /** Returns the latest progress. Thread-safe. */
    BatchProgress progress() {
        return progress;
    }

    /**
     * Notes how far the run is, and tells the listener.
     *
     * @param last whether the run has ended
     */
    void note(Moment now, StopConditions stopConditions, boolean last) {
        outlook.passed(now.elapsed().toNanos(), ended());
        boolean goesOn = !last && now.held().isEmpty();
        progress = new BatchProgress(
                total,
                now.skipped(),
                answered,
                fromCache,
                failed,
                stopConditions.calls(),
                now.underWay(),
                now.elapsed(),
                outlook.perMinute(),
                stopConditions.cost(),
                goesOn
                        ? outlook.forecast(stopConditions.status(), now.skipped() + ended(), now.underWay())
                        : Optional.empty(),
                goesOn ? outlook.wait(stopConditions.status()) : Optional.empty(),
                now.held(),
                now.stopped());
        try {
            listener.accept(progress);
        } catch (RuntimeException e) {
            LOG.warn("The listener of a batch failed", e);
        }
    }
}
