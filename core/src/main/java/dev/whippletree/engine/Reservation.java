package dev.whippletree.engine;

import dev.whippletree.spi.Grant;
import java.util.Objects;

/** What came of asking the other processes whether an attempt may be sent. */
sealed interface Reservation {

    /**
     * They have answered.
     *
     * @param grant whether it may be sent
     */
    record Answered(Grant grant) implements Reservation {

        public Answered {
            Objects.requireNonNull(grant, "grant");
        }
    }

    /** Nothing has come yet. That is no leave to send: this process's own count allows it all of what it shares. */
    record Silence() implements Reservation {}

    /** Nobody can answer for the others: this process goes on by its own count. */
    record NoAnswer() implements Reservation {}
}
