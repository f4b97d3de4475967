package dev.whippletree.spi;

import java.time.Duration;
import java.util.Objects;

/** A coordinator's answer to a reservation. Immutable. */
public sealed interface Grant {

    /**
     * All of it is reserved.
     *
     * @param id to be ended by, exactly once
     */
    record Granted(String id) implements Grant {

        /** Checks that there is an id. */
        public Granted {
            Objects.requireNonNull(id, "id");
        }
    }

    /**
     * Nothing is reserved, since a limit has no room.
     *
     * @param by the one among the uses that doesn't fit; of several, the one that has to wait longest
     * @param retryAfter after which it may be asked for again: positive. Another process may be faster then
     */
    record Refused(LimitUse by, Duration retryAfter) implements Grant {

        /** Checks that the wait is positive. */
        public Refused {
            Objects.requireNonNull(by, "by");
            if (retryAfter.isNegative() || retryAfter.isZero()) {
                throw new IllegalArgumentException("a refusal's wait must be positive, not " + retryAfter);
            }
        }
    }
}
