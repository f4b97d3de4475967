package dev.whippletree.state;

import dev.whippletree.model.DurationText;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * The saved state of a reported limit. Immutable.
 *
 * @param amount how much a window allows, 1 or more
 * @param left what was certainly left; negative if more was used than allowed
 * @param full when all of it is left, if nothing more is used
 * @param refill how long all of it takes to come back, positive; where that is unknown, the best guess
 * @param changed when it last changed but by refilling
 */
public record SavedLimit(SavedLimitKey key, long amount, long left, Instant full, Duration refill, Instant changed) {

    /**
     * Identifies a reported limit. Immutable.
     *
     * @param window as it was reported; zero if it wasn't
     */
    public record SavedLimitKey(Scope scope, Limit.Unit unit, Refill refill, Duration window) {

        public SavedLimitKey {
            Objects.requireNonNull(scope, "scope");
            Objects.requireNonNull(unit, "unit");
            Objects.requireNonNull(refill, "refill");
            Objects.requireNonNull(window, "window");
        }
    }

    public SavedLimit {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(full, "full");
        Objects.requireNonNull(changed, "changed");
        if (amount < 1 || left > amount || refill.isZero() || refill.isNegative()) {
            throw new IllegalArgumentException("a limit can't be of " + amount + " with " + left + " left and "
                    + DurationText.of(refill) + " to refill");
        }
    }

    boolean isOver(Instant now) {
        return !Clocks.isToCome(full, now);
    }

    /** Returns it for a clock that has been put back since: the same time ahead. */
    SavedLimit seenAt(Instant now) {
        return Clocks.isAhead(changed, now)
                ? new SavedLimit(key, amount, left, Clocks.moved(full, changed, now), refill, now)
                : this;
    }

    static SavedLimit newer(SavedLimit one, SavedLimit other) {
        return other.changed.isAfter(one.changed) ? other : one;
    }
}
