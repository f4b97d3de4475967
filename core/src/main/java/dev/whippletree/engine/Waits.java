package dev.whippletree.engine;

/** Waits in nanoseconds, and the two that aren't a time. They are ordered: a longer wait is a larger number. */
final class Waits {

    /** Now. */
    static final long NONE = 0;

    /** Until something happens, such as another attempt's end; nobody knows when. */
    static final long UNTIL_EVENT = Long.MAX_VALUE - 1;

    /** Until somebody does something about it: nothing in sight. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private Waits() {}

    /** Returns whether a wait is a time. */
    static boolean isKnown(long wait) {
        return wait < UNTIL_EVENT;
    }
}
