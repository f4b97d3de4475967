package dev.whippletree.emulator.matrix;

/**
 * A stretch of time in which uses are measured, those in its middle counting most. Immutable.
 *
 * <p>A use counts {@code 1 − cos 2πx}, where {@code x} goes from 0 to 1 through the span (a Hann window). Uses come in
 * bursts, a window apart; counted evenly, a whole burst would depend on whether the span ends just before or just after
 * it. So weighted, bursts that come as often sum up to as much wherever they stand, to a thousandth or so from eight of
 * them on.
 *
 * @param fromNanos its begin
 * @param toNanos its end
 */
record Span(long fromNanos, long toNanos) {

    /** Returns how much a use counts, 0 to 2, 1 on average. */
    double weight(long atNanos) {
        if (atNanos <= fromNanos || atNanos >= toNanos) {
            return 0;
        }
        return 1 - Math.cos(2 * Math.PI * (atNanos - fromNanos) / (toNanos - fromNanos));
    }

    boolean holds(long atNanos) {
        return atNanos >= fromNanos && atNanos < toNanos;
    }
}
