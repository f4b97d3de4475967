package dev.whippletree.state;

import dev.whippletree.model.ShownText;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A saved closure. Immutable.
 *
 * @param place what
 * @param needsMending whether somebody has to do something, so that {@code until} is but when it is looked at again
 * @param since when this was last seen to be so
 * @param until when it opens
 * @param reason why, in the service's words
 * @param mark the mark of the tokens it is about; with other tokens it means nothing
 */
public record SavedClosure(
        Place place, boolean needsMending, Instant since, Instant until, String reason, String mark) {

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

    /** Returns whether it says nothing any more: what has to be mended counts as closed for an hour after it could be checked again. */
    boolean isOver(Instant now) {
        return !Clocks.isToCome(needsMending ? until.plus(UNCHECKED) : until, now);
    }

    /** Returns it as a clock sees it that has been put back since: as long from now as it was from then. */
    SavedClosure seenAt(Instant now) {
        return Clocks.isAhead(since, now)
                ? new SavedClosure(place, needsMending, now, Clocks.moved(until, since, now), reason, mark)
                : this;
    }

    /** Returns the one of two closures of a place that ends later. */
    static SavedClosure later(SavedClosure one, SavedClosure other) {
        return other.until.isAfter(one.until) ? other : one;
    }
}
