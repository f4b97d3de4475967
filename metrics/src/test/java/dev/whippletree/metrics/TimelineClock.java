package dev.whippletree.metrics;

import dev.whippletree.time.Timeline;
import io.micrometer.core.instrument.Clock;

/**
 * A registry's clock that goes by a timeline.
 *
 * @param timeline whose time it shows
 */
record TimelineClock(Timeline timeline) implements Clock {

    @Override
    public long wallTime() {
        return timeline.now().toEpochMilli();
    }

    @Override
    public long monotonicTime() {
        return timeline.nanoTime();
    }
}
