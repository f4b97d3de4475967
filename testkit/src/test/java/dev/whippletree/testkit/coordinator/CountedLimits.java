package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What is used of limits, by exact sliding windows: a use counts until its window has passed since the latest moment at
 * which the service can have counted it. Guarded by its owner. Readings are those of
 * {@link dev.whippletree.spi.Services#nanoTime()}.
 */
final class CountedLimits {

    private final Map<Place, Window> windows = new HashMap<>();

    /** Which limit. */
    private record Place(Scope scope, String name) {}

    /**
     * What a grant uses of a limit.
     *
     * @param amount 0 or more; may be more than the limit
     * @param leaves the reading from which on it is used no more
     */
    record Counted(Scope scope, String name, String grant, long amount, long leaves) {

        static Counted of(LimitUse use, String grant, long amount, long date) {
            return new Counted(
                    use.scope(),
                    use.name(),
                    grant,
                    amount,
                    date + use.limit().window().toNanos());
        }
    }

    /**
     * Returns why uses don't fit, if so.
     *
     * @param allowed how much of each use's limit may be used in all
     */
    Optional<Grant> refusal(List<LimitUse> uses, ToLongFunction<LimitUse> allowed, long now) {
        return uses.stream()
                .map(use -> new Wait(use, window(use).waitNanos(use.amount(), allowed.applyAsLong(use), now)))
                .filter(wait -> wait.nanos() > 0)
                .max(Comparator.comparingLong(Wait::nanos))
                .map(Wait::refusal);
    }

    private record Wait(LimitUse use, long nanos) {

        /**
         * What is under way may be settled soon, or never; when it leaves isn't known, but then a window has passed.
         */
        Grant refusal() {
            return new Grant.Refused(
                    use, Duration.ofNanos(Math.min(nanos, use.limit().window().toNanos())));
        }
    }

    /** Counts uses, in the place of what their grants used of the same limits before. */
    void count(Collection<Counted> all) {
        all.forEach(
                counted -> windows.computeIfAbsent(new Place(counted.scope(), counted.name()), place -> new Window())
                        .put(counted));
    }

    /** Returns all that is used. */
    List<Counted> all(long now) {
        return windows.values().stream().flatMap(window -> window.all(now)).toList();
    }

    void clear() {
        windows.clear();
    }

    private Window window(LimitUse use) {
        return windows.computeIfAbsent(new Place(use.scope(), use.name()), place -> new Window());
    }

    private static final class Window {

        private final NavigableSet<Counted> byEnd =
                new TreeSet<>(Comparator.comparingLong(Counted::leaves).thenComparing(Counted::grant));
        private final Map<String, Counted> byGrant = new HashMap<>();
        private long used;

        void put(Counted counted) {
            remove(counted.grant());
            if (counted.amount() > 0) {
                byEnd.add(counted);
                byGrant.put(counted.grant(), counted);
                used += counted.amount();
            }
        }

        private void remove(String grant) {
            Counted before = byGrant.remove(grant);
            if (before != null) {
                byEnd.remove(before);
                used -= before.amount();
            }
        }

        /** Returns 0 if it fits; the largest number if it never will. */
        long waitNanos(long amount, long allowed, long now) {
            forget(now);
            long missing = amount == 0 ? 0 : used + amount - allowed;
            if (missing <= 0) {
                return 0;
            }
            for (Counted counted : byEnd) {
                missing -= counted.amount();
                if (missing <= 0) {
                    return counted.leaves() - now;
                }
            }
            return Long.MAX_VALUE;
        }

        Stream<Counted> all(long now) {
            forget(now);
            return byEnd.stream();
        }

        private void forget(long now) {
            while (!byEnd.isEmpty() && byEnd.first().leaves() <= now) {
                remove(byEnd.first().grant());
            }
        }
    }
}
