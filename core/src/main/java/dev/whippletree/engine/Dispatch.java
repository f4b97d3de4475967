package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.pool.Target;

/** What becomes of a flight that leaves the waiting line. */
sealed interface Dispatch {

    /** Returns the flight. */
    Flight flight();

    /** A target takes it. */
    record Begin(Flight flight, Target target) implements Dispatch {}

    /** Every target it might use is closed for a time nobody knows. */
    record GiveUp(Flight flight) implements Dispatch {}

    /**
     * There will be room, but too late for it.
     *
     * @param waitNanos after how long
     */
    record Refuse(Flight flight, long waitNanos) implements Dispatch {}
}
