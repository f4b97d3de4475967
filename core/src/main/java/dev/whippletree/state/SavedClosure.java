package dev.whippletree.state;

import dev.whippletree.model.ShownText;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A saved closure. Immutable.
 *
 * @param place what is closed
 * @param needsMending whether somebody has to fix something, so that {@code until} is only the next check
 * @param since when it was last seen closed
 * @param until when it opens
 * @param reason why, in the service's words
 * @param mark the mark of the tokens it is about; with other tokens it means nothing
 */
public record SavedClosure(
        ClosedPlace place, boolean needsMending, Instant since, Instant until, String reason, String mark) {

    private static final int LONGEST_REASON = 500;
    private static final Duration UNCHECKED = Duration.ofHours(1);

    /** Cuts a long reason, and makes it safe to show. */
    public SavedClosure {
        Objects.requireNonNull(place, "place");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(until, "until");
        Objects.requireNonNull(mark, "mark");
        reason = ShownText.line(reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON));
    }

    /** Returns whether it is over. One that needs mending counts as closed for an hour after its next check. */
    boolean isOver(Instant now) {
        return !Clocks.isToCome(needsMending ? until.plus(UNCHECKED) : until, now);
    }

    /** Returns it for a clock that has been put back since: the same time ahead. */
    SavedClosure seenAt(Instant now) {
        return Clocks.isAhead(since, now)
                ? new SavedClosure(place, needsMending, now, Clocks.moved(until, since, now), reason, mark)
                : this;
    }

    static SavedClosure later(SavedClosure one, SavedClosure other) {
        return other.until.isAfter(one.until) ? other : one;
    }
}
