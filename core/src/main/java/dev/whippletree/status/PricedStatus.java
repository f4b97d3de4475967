package dev.whippletree.status;

import dev.whippletree.config.Configuration;
import dev.whippletree.model.StatusSnapshot;
import java.time.LocalDate;
import java.util.Map;

/** The status, with the cost of the tokens used so far. Immutable. */
public record PricedStatus(StatusSnapshot status, Bill bill) {

    /** Returns a status with its costs, by the configuration's prices on a day. */
    public static PricedStatus of(StatusSnapshot status, Configuration configuration, LocalDate today) {
        return new PricedStatus(status, Bill.of(status, configuration.accounts(), configuration.prices(), today));
    }

    /**
     * Returns it as a JSON tree of JDK types: durations in milliseconds, instants in ISO 8601, what is absent without a
     * key.
     *
     * @return the caller's own, to be added to
     */
    public Map<String, Object> json() {
        return StatusWriter.write(this);
    }

    /**
     * Reads what {@link #json} gave, to the millisecond. Keys that it doesn't know are passed over. Control characters
     * in texts are read as spaces, so that what others sent can be shown on a terminal.
     *
     * @throws IllegalArgumentException if it isn't JSON or no status, saying what is wrong
     */
    public static PricedStatus read(String json) {
        return StatusReader.read(json);
    }
}
