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

    private final List<LimitCounter> left;

    /**
     * Creates one.
     *
     * @param counted the scope's declared limits, those that hold no longer among them
     */
    Redeclaration(Collection<LimitCounter> counted) {
        this.left = new ArrayList<>(counted);
    }

    /**
     * Returns the count of each limit: the one that it had; else that of a limit of the same window, with the other
     * amount; else one that is new.
     *
     * @param fresh begins a count
     */
    List<LimitCounter> metersOf(Collection<Limit> limits, Function<Limit, LimitCounter> fresh) {
        Collection<Limit> distinct = new LinkedHashSet<>(limits);
        Map<Limit, LimitCounter> found = new LinkedHashMap<>();
        for (Limit limit : distinct) {
            take(counter -> counts(counter, limit) && counter.quota().amount() == limit.amount())
                    .ifPresent(counter -> found.put(limit, counter));
        }
        for (Limit limit : distinct) {
            if (!found.containsKey(limit)) {
                found.put(limit, take(counter -> counts(counter, limit)).orElseGet(() -> fresh.apply(limit)));
            }
        }
        found.forEach((limit, counter) -> allow(counter, limit.amount()));
        return distinct.stream().map(found::get).toList();
    }

    private static void allow(LimitCounter counter, long amount) {
        if (counter.quota().amount() != amount) {
            window(counter).allow(amount);
        }
    }

    private static boolean counts(LimitCounter counter, Limit limit) {
        return counter.unit() == limit.unit() && counter.quota().window().equals(Optional.of(limit.window()));
    }

    private Optional<LimitCounter> take(Predicate<LimitCounter> suitable) {
        Optional<LimitCounter> first = left.stream().filter(suitable).findFirst();
        first.ifPresent(left::remove);
        return first;
    }

    /** Returns the counts that no limit has: they go on, and nobody waits for them. */
    List<LimitCounter> left() {
        return left;
    }

    /** Returns which of some declared limits goes back furthest, if a unit is counted at all. */
    static Optional<LimitCounter> longest(Collection<LimitCounter> declared, Limit.Unit unit) {
        return declared.stream()
                .filter(counter -> counter.unit() == unit)
                .max(Comparator.comparing(counter -> counter.quota().window().orElse(Duration.ZERO)));
    }

    static LimitCounter unused(Limit limit) {
        return new LimitCounter(
                limit.unit(), LimitStatus.LimitSource.DECLARED, new SlidingWindow(limit.amount(), limit.window()));
    }

    /** Returns how a declared limit is counted. */
    public static SlidingWindow window(LimitCounter declared) {
        return (SlidingWindow) declared.quota();
    }
}
