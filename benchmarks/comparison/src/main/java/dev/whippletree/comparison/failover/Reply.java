package dev.whippletree.comparison.failover;

/**
 * What one request got. Immutable.
 *
 * @param ending how it ended
 * @param text what it got of the answer
 * @param model who answered, as the response says; empty if it doesn't
 * @param usage whether the tokens used were reported
 * @param error the error, if it got one; else empty
 * @param sentSeconds when it was sent, since the scenario began
 * @param seconds how long it took
 */
public record Reply(
        Ending ending, String text, String model, boolean usage, String error, double sentSeconds, double seconds) {

    public enum Ending {
        /** Like an answer: without an error. */
        ANSWERED,
        /** With an error, also within a stream that had begun. */
        ERROR,
        /** Not within the time that the scenario allows. */
        NONE
    }

    /** Returns whether it got the whole answer, and nothing else. */
    public boolean isWhole() {
        return ending == Ending.ANSWERED && text.equals(FailoverScenario.WHOLE);
    }

    /** Returns whether it was told that something else is the answer. */
    boolean isCut() {
        return ending == Ending.ANSWERED && !isWhole();
    }
}
