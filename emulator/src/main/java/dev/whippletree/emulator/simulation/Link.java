package dev.whippletree.emulator.simulation;

import dev.whippletree.model.DurationText;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The network between an account's client and its service. Immutable.
 *
 * @param least the shortest transit of a request or a response, zero or more
 * @param most the longest transit
 * @param loss the share of responses lost with their connection, 0 to 1
 * @param silence the share of the other responses that never arrive while the connection stays open, 0 to 1
 * @param stale the share of requests that go to a kept connection which the service closes, 0 to 1; it has read half of
 *     them
 */
public record Link(Duration least, Duration most, double loss, double silence, double stale) {

    public static final Link DIRECT = new Link(Duration.ZERO, Duration.ZERO, 0);

    public Link {
        if (least.isNegative() || most.compareTo(least) < 0) {
            throw new IllegalArgumentException("a transit is zero or more and has order, not " + DurationText.of(least)
                    + " to " + DurationText.of(most));
        }
        if (!(loss >= 0 && loss <= 1 && silence >= 0 && silence <= 1 && stale >= 0 && stale <= 1)) {
            throw new IllegalArgumentException(
                    "a share of losses is 0 to 1, not " + loss + ", " + silence + " or " + stale);
        }
    }

    /** Creates a link whose connections tell when they break. */
    public Link(Duration least, Duration most, double loss) {
        this(least, most, loss, 0, 0);
    }

    public static Link of(Duration transit) {
        return new Link(transit, transit, 0);
    }

    long drawNanos(RandomGenerator random) {
        long spanNanos = most.minus(least).toNanos();
        return least.toNanos() + (spanNanos == 0 ? 0 : random.nextLong(spanNanos + 1));
    }

    boolean drawLoss(RandomGenerator random) {
        return loss > 0 && random.nextDouble() < loss;
    }

    boolean drawStale(RandomGenerator random) {
        return stale > 0 && random.nextDouble() < stale;
    }

    boolean drawSilence(RandomGenerator random) {
        return silence > 0 && random.nextDouble() < silence;
    }
}
