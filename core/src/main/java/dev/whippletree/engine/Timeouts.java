package dev.whippletree.engine;

import java.time.Duration;

/**
 * How long an attempt may be silent. Immutable. All positive.
 *
 * @param firstToken from sending to the first piece of a streamed answer
 * @param betweenTokens from one piece of a streamed answer to the next
 * @param whole from sending to the end of any answer
 */
public record Timeouts(Duration firstToken, Duration betweenTokens, Duration whole) {

    /** 30 s, 15 s and 2 minutes. */
    public static final Timeouts DEFAULT =
            new Timeouts(Duration.ofSeconds(30), Duration.ofSeconds(15), Duration.ofSeconds(120));

    /** Checks that each is positive. */
    public Timeouts {
        for (Duration timeout : new Duration[] {firstToken, betweenTokens, whole}) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("a timeout is positive, not " + timeout);
            }
        }
    }
}
