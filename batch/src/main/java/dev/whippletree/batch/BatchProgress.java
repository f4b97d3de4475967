package dev.whippletree.batch;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The progress of a batch. Immutable. Items done before this run count in {@code resumed} and nowhere else.
 *
 * @param total items of the whole batch; empty: unknown
 * @param resumed items whose results were in the journal before
 * @param answered items answered, of whatever source
 * @param fromCache how many of those needed no call of their own
 * @param failed items that got no answer
 * @param calls calls that the Whippletree has made since the batch began, other people's too
 * @param underWay items that are being asked
 * @param elapsed since it began
 * @param perMinute items ended in the last minute, by the minute
 * @param cost what the calls cost; empty: there is no price list, or not every price is known
 * @param forecast when it will be done; empty: unknown
 * @param waiting what items under way wait for; empty: for their answers, or for nothing
 * @param held why no item is begun for now: results can't be written, and are kept; empty: nothing holds it back
 * @param stopped why it ends before all is done; empty: it doesn't
 */
public record BatchProgress(
        OptionalLong total,
        long resumed,
        long answered,
        long fromCache,
        long failed,
        long calls,
        int underWay,
        Duration elapsed,
        double perMinute,
        Optional<BigDecimal> cost,
        Optional<Forecast> forecast,
        Optional<Wait> waiting,
        Optional<String> held,
        Optional<String> stopped) {

    /**
     * In what time the rest will be done, by the engine's forecast.
     *
     * @param least in the best case
     * @param most in the worst case; the same where a declared limit decides that no other process shares; empty:
     *     unbounded, since what there is of a limit is being found out
     */
    public record Forecast(Duration least, Optional<Duration> most) {

        /** Returns whether it is one time, and no range. */
        public boolean isOneTime() {
            return most.filter(least::equals).isPresent();
        }
    }

    /**
     * What items wait for: none of the accounts that may answer them takes a call now.
     *
     * @param account the one that takes a call first, as far as is known
     * @param until when it does; empty: unknown
     * @param reason why it doesn't, unless it is just that a limit is used up until then
     */
    public record Wait(String account, Optional<Instant> until, Optional<String> reason) {}

    /** Returns how many items have a result so far. */
    public long done() {
        return resumed + answered + failed;
    }
}
