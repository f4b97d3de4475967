package dev.whippletree.engine.scope;

import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Finds the existing counts for newly declared limits of a scope, so that earlier use counts against them. Confined to
 * one change of limits; guarded by the engine's lock.
 */
public final class Redeclaration {

    private final List<Meter> counted;
    private final List<Meter> left;

    /**
     * Creates one.
     *
     * @param counted the scope's declared limits, those that hold no longer among them
     */
    Redeclaration(Collection<Meter> counted) {
        this.counted = List.copyOf(counted);
        this.left = new ArrayList<>(counted);
    }

    /**
     * Returns the count of each limit: the one that it had; else that of a limit of the same window, with the other amount; else one
     * that is new.
     *
     * @param fresh begins a count
     */
    List<Meter> metersOf(Collection<Limit> limits, Function<Limit, Meter> fresh) {
        Collection<Limit> distinct = new LinkedHashSet<>(limits);
        Map<Limit, Meter> found = new LinkedHashMap<>();
        for (Limit limit : distinct) {
            take(meter -> counts(meter, limit) && meter.quota().amount() == limit.amount())
                    .ifPresent(meter -> found.put(limit, meter));
        }
        for (Limit limit : distinct) {
            if (!found.containsKey(limit)) {
                found.put(limit, take(meter -> counts(meter, limit)).orElseGet(() -> fresh.apply(limit)));
            }
        }
        found.forEach((limit, meter) -> allow(meter, limit.amount()));
        return distinct.stream().map(found::get).toList();
    }

    private static void allow(Meter meter, long amount) {
        if (meter.quota().amount() != amount) {
            window(meter).allow(amount);
        }
    }

    private static boolean counts(Meter meter, Limit limit) {
        return meter.unit() == limit.unit() && meter.quota().window().equals(Optional.of(limit.window()));
    }

    private Optional<Meter> take(Predicate<Meter> suitable) {
        Optional<Meter> first = left.stream().filter(suitable).findFirst();
        first.ifPresent(left::remove);
        return first;
    }

    /** Returns the counts that no limit has: they go on, and nobody waits for them. */
    List<Meter> left() {
        return left;
    }

    /** Returns the count that goes back furthest, if a unit was counted at all. */
    Optional<Meter> longest(Limit.Unit unit) {
        return longest(counted, unit);
    }

    /** Returns which of some declared limits goes back furthest, if a unit is counted at all. */
    static Optional<Meter> longest(Collection<Meter> declared, Limit.Unit unit) {
        return declared.stream()
                .filter(meter -> meter.unit() == unit)
                .max(Comparator.comparing(meter -> meter.quota().window().orElse(Duration.ZERO)));
    }

    /** Returns a count of which nothing is used. */
    static Meter unused(Limit limit) {
        return new Meter(limit.unit(), LimitStatus.Source.DECLARED, new SlidingWindow(limit.amount(), limit.window()));
    }

    /** Returns how a declared limit is counted. */
    public static SlidingWindow window(Meter declared) {
        return (SlidingWindow) declared.quota();
    }
}
