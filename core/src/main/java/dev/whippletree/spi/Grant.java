package dev.whippletree.spi;

import dev.whippletree.model.DurationText;
import java.time.Duration;
import java.util.Objects;

/** A coordinator's answer to a reservation. Immutable. */
public sealed interface Grant {

    /**
     * All of it is reserved.
     *
     * @param id by which to settle or release it, exactly once
     */
    record Granted(String id) implements Grant {

        /** Checks that there is an id. */
        public Granted {
            Objects.requireNonNull(id, "id");
        }
    }

    /**
     * Nothing is reserved, because a limit has no room.
     *
     * @param by the use that doesn't fit; of several, the one that has to wait longest
     * @param retryAfter when to ask again, positive; another process may be faster then
     */
    record Refused(LimitUse by, Duration retryAfter) implements Grant {

        /** Checks that the wait is positive. */
        public Refused {
            Objects.requireNonNull(by, "by");
            if (retryAfter.isNegative() || retryAfter.isZero()) {
                throw new IllegalArgumentException(
                        "a refusal's wait must be positive, not " + DurationText.of(retryAfter));
            }
        }
    }
}
