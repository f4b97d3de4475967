package dev.whippletree.limits;

import dev.whippletree.limits.Quota.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A random history of one quota, kept so that it can be lived through again by another one: uses are reserved, whether
 * or not they fit, and sent, counted, lost, settled and released in any order that callers may choose.
 */
final class QuotaSteps {

    private final RandomGenerator random;
    private final long windowNanos;
    private final long largest;
    private final boolean settles;
    private final List<Step> steps = new ArrayList<>();

    /** What is known of each use, in the order in which they were reserved. */
    private final List<Known> uses = new ArrayList<>();

    private long now;

    /** Something that happened to a use; a reservation makes the next one. */
    private record Step(long at, Kind kind, int use, long value) {}

    private enum Kind {
        RESERVED,
        SENT,
        ARRIVED,
        LOST,
        SETTLED,
        RELEASED
    }

    /** A use as a bookkeeper would note it. */
    static final class Known {
        private long amount;
        private boolean dated;
        private boolean gone;
        private long date;
        private long lostUntil = Long.MIN_VALUE;

        long amount() {
            return amount;
        }

        boolean dated() {
            return dated;
        }

        long date() {
            return date;
        }
    }

    /**
     * Begins a history.
     *
     * @param windowNanos the quota's window
     * @param largest the most that one use asks for
     * @param settles whether amounts turn out to be others
     */
    QuotaSteps(RandomGenerator random, long windowNanos, long largest, boolean settles) {
        this.random = random;
        this.windowNanos = windowNanos;
        this.largest = largest;
        this.settles = settles;
        this.now = -random.nextLong(5 * windowNanos);
    }

    long now() {
        return now;
    }

    List<Known> uses() {
        return uses;
    }

    /** Lets one more thing happen, to the quota as well. */
    void goOn(Quota quota, List<Use> made) {
        now += random.nextInt(3) == 0 ? 0 : random.nextLong(windowNanos / 20);
        Step step = draw();
        steps.add(step);
        note(step);
        apply(step, quota, made);
    }

    private Step draw() {
        int die = random.nextInt(10);
        if (uses.isEmpty() || die < 4) {
            return new Step(now, Kind.RESERVED, uses.size(), 1 + random.nextLong(largest));
        }
        int use = uses.size() - 1 - random.nextInt(Math.min(uses.size(), 12));
        long soon = now + random.nextLong(windowNanos / 10);
        return switch (die) {
            case 4 -> new Step(now, Kind.SENT, use, soon);
            case 5 -> new Step(now, Kind.LOST, use, soon);
            case 6 -> new Step(now, settles ? Kind.SETTLED : Kind.ARRIVED, use, random.nextLong(2 * largest));
            case 7 -> new Step(now, Kind.RELEASED, use, 0);
            default -> new Step(now, Kind.ARRIVED, use, now);
        };
    }

    /** The rules as {@link Use} says them: the earliest date counts, and what has left the window stays as it was. */
    private void note(Step step) {
        if (step.kind() == Kind.RESERVED) {
            Known use = new Known();
            use.amount = step.value();
            uses.add(use);
            return;
        }
        Known use = uses.get(step.use());
        use.gone |= use.dated && use.date <= now - windowNanos;
        switch (step.kind()) {
            case SENT, ARRIVED -> date(use, step.kind() == Kind.ARRIVED ? now : step.value());
            case LOST -> {
                if (!use.dated) {
                    use.lostUntil = step.value();
                }
                date(use, step.value());
            }
            case SETTLED -> use.amount = use.gone ? use.amount : step.value();
            case RELEASED -> use.amount = use.gone ? use.amount : 0;
            case RESERVED -> {}
        }
    }

    private static void date(Known use, long date) {
        if (!use.dated || (!use.gone && date < use.date)) {
            use.dated = true;
            use.date = date;
        }
    }

    private static void apply(Step step, Quota quota, List<Use> made) {
        long at = step.at();
        if (step.kind() == Kind.RESERVED) {
            made.add(quota.reserve(step.value(), at));
            return;
        }
        Use use = made.get(step.use());
        switch (step.kind()) {
            case SENT -> use.sent(step.value(), at);
            case ARRIVED -> use.arrived(at);
            case LOST -> use.lost(step.value(), at);
            case SETTLED -> use.settle(step.value(), at);
            case RELEASED -> use.release(at);
            case RESERVED -> {}
        }
    }

    /** Returns a new quota that has lived through all of this, and on which everything under way has arrived by now. */
    Quota livedThrough(Supplier<Quota> maker) {
        Quota quota = maker.get();
        List<Use> made = new ArrayList<>();
        steps.forEach(step -> apply(step, quota, made));
        made.forEach(use -> use.arrived(now));
        return quota;
    }

    /** Returns whether some use may arrive later than now. */
    boolean isInDoubt() {
        return uses.stream().anyMatch(use -> use.dated && use.date > now);
    }

    /** Returns whether some use may arrive later than now, and nobody will hear of it. */
    boolean hasLost() {
        return uses.stream().anyMatch(use -> use.lostUntil > now);
    }
}
