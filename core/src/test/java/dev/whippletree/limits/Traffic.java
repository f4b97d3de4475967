package dev.whippletree.limits;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Random traffic between a quota and a service: a caller that reserves only what fits, requests that reach the service
 * some time between being sent and the first byte of their answer.
 */
final class Traffic {

    /** Double arithmetic in the model of a bucket may be off by that much. */
    private static final double ROUNDING = 1e-6;

    private final SplittableRandom random;
    private final Quota quota;
    private final List<ServiceModel> services;
    private final Shape shape;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long scheduled;
    private long now;
    private int reserved;
    private int refused;

    /**
     * What the traffic is like.
     *
     * @param largestUse the most one use asks for
     * @param longestNanos the longest time from sending to the first byte
     * @param gapNanos the longest time between two prompts
     * @param transitNanos how long a request is under way at most, if that is stated
     */
    record Shape(long largestUse, long longestNanos, long gapNanos, Optional<Long> transitNanos) {}

    private record Event(long at, long order, Runnable what) {}

    Traffic(long seed, Quota quota, List<ServiceModel> services, Shape shape) {
        this.random = new SplittableRandom(seed);
        this.quota = quota;
        this.services = services;
        this.shape = shape;
    }

    /** Lets that many prompts come and everything end. Returns itself. */
    Traffic run(int prompts) {
        long at = 0;
        for (int index = 0; index < prompts; index++) {
            at += random.nextLong(shape.gapNanos() + 1);
            long amount = 1 + random.nextLong(shape.largestUse());
            at(at, () -> ask(amount));
        }
        while (!events.isEmpty()) {
            Event event = events.remove();
            now = event.at();
            event.what().run();
        }
        return this;
    }

    long now() {
        return now;
    }

    int reserved() {
        return reserved;
    }

    int refused() {
        return refused;
    }

    private void at(long moment, Runnable what) {
        events.add(new Event(moment, scheduled++, what));
    }

    private void ask(long amount) {
        if (quota.waitNanos(amount, now) > 0) {
            refused++;
            return;
        }
        reserved++;
        Quota.Use use = quota.reserve(amount, now);
        if (random.nextInt(20) == 0) {
            at(now + random.nextLong(shape.longestNanos()), () -> use.release(now));
            return;
        }
        long sent = now + random.nextLong(1 + shape.longestNanos() / 10);
        long longest = shape.transitNanos().orElse(shape.longestNanos());
        long arrives = sent + random.nextLong(1 + longest);
        long firstByte = arrives + random.nextLong(1 + shape.longestNanos());
        at(sent, () -> shape.transitNanos().ifPresent(transit -> use.sent(now + transit, now)));
        at(arrives, () -> arrive(amount));
        at(firstByte, () -> use.arrived(now));
    }

    private void arrive(long amount) {
        for (ServiceModel service : services) {
            service.arrive(amount, now);
            if (service.remaining(now) < -ROUNDING) {
                throw new AssertionError(service.getClass().getSimpleName() + " exceeded at " + now + ": "
                        + service.remaining(now) + " remain");
            }
        }
    }
}
