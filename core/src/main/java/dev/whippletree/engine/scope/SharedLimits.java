package dev.whippletree.engine.scope;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * The limits of a scope that several processes count together, and the part left for this one. Guarded by the engine's
 * lock.
 *
 * <p>A declared limit is always among them, by sliding window: what the service reports to one process the others don't
 * hear, and what they have under way that one doesn't know. A rate found by trial isn't shared: each process finds its
 * own share of it.
 */
public final class SharedLimits {

    private final Scope scope;
    private final ScopeLimits own;
    private final List<NoRoom> refusals = new ArrayList<>(0);
    private List<Shared> limits = List.of();

    /** Of each limit that is counted here, the one that others know. */
    private final Map<LimitCounter, Shared> known = new HashMap<>();

    private long foundAt = -1;

    /** A limit, under the name that all processes give it. */
    private record Shared(String name, LimitCounter counter, Limit limit) {

        static Shared of(LimitCounter counter, String ofWindow, Duration window) {
            Limit limit = new Limit(counter.unit(), counter.quota().amount(), window);
            return new Shared(counter.unit().wireName() + "/" + ofWindow, counter, limit);
        }

        LimitUse use(Scope scope, TokenCount tokens) {
            return new LimitUse(scope, name, limit, Math.min(counter.cost(tokens), limit.amount()));
        }

        /** A limit that was both declared and reported is one, and the smaller amount holds. */
        static Shared stricter(Shared one, Shared other) {
            return one.limit.amount() <= other.limit.amount() ? one : other;
        }
    }

    /** That there was no room for an amount until a time, whatever is left by this process's own count. */
    private record NoRoom(String limit, Limit.Unit unit, long amount, long until) {

        boolean concerns(TokenCount tokens) {
            return unit.amountOf(tokens) >= amount;
        }

        /** Returns whether all that another refusal says is said here too. */
        boolean covers(NoRoom other) {
            return limit.equals(other.limit) && amount <= other.amount && until >= other.until;
        }
    }

    SharedLimits(Scope scope, ScopeLimits own) {
        this.scope = scope;
        this.own = own;
    }

    public List<LimitUse> uses(TokenCount tokens) {
        find();
        List<LimitUse> uses = new ArrayList<>(limits.size());
        for (Shared limit : limits) {
            uses.add(limit.use(scope, tokens));
        }
        return uses;
    }

    /** Returns what was used here of some of these limits, by how long ago; only of those of which anything was. */
    public Map<LimitUse, Map<Duration, Long>> used(Predicate<LimitUse> which, long now) {
        find();
        Map<LimitUse, Map<Duration, Long>> used = new HashMap<>();
        for (Shared limit : limits) {
            LimitUse use = limit.use(scope, TokenCount.NONE);
            if (limit.counter().quota() instanceof SlidingWindow window && which.test(use)) {
                Map<Duration, Long> byAge = new HashMap<>();
                SlidingWindow.Visitor visitor =
                        (date, amount) -> byAge.merge(Duration.ofNanos(now - date), amount, Long::sum);
                visitor.use(now, window.visitOwn(visitor, now));
                byAge.values().removeIf(amount -> amount == 0);
                if (!byAge.isEmpty()) {
                    used.put(use, byAge);
                }
            }
        }
        return used;
    }

    /**
     * Returns how much of a limit that is counted here all processes have left, if that is known.
     *
     * @param left the same by what {@link #uses} returns for no tokens
     */
    public OptionalLong left(LimitCounter counter, Map<LimitUse, Long> left) {
        find();
        Shared limit = known.get(counter);
        Long amount = limit == null ? null : left.get(limit.use(scope, TokenCount.NONE));
        return amount == null ? OptionalLong.empty() : OptionalLong.of(amount);
    }

    private void find() {
        if (foundAt == own.changes()) {
            return;
        }
        List<Shared> all = new ArrayList<>();
        for (LimitCounter counter : own.declared()) {
            Duration window = counter.quota().window().orElseThrow();
            all.add(Shared.of(counter, window.toString(), window));
        }
        own.reported()
                .forEach((key, counter) ->
                        windowOf(key, counter).ifPresent(window -> all.add(Shared.of(counter, nameOf(key), window))));
        Map<String, Shared> found = new LinkedHashMap<>();
        all.forEach(limit -> found.merge(limit.name(), limit, Shared::stricter));
        limits = List.copyOf(found.values());
        known.clear();
        all.forEach(limit -> known.put(limit.counter(), found.get(limit.name())));
        foundAt = own.changes();
    }

    /** What was derived differs a little from process to process, so it can't be part of a name. */
    private static String nameOf(ReportKey key) {
        return key.window().isZero() ? key.refill().name() : key.window().toString();
    }

    /** A limit that gives everything back at a moment, after an unreported time, can't be counted by several. */
    private static Optional<Duration> windowOf(ReportKey key, LimitCounter counter) {
        Optional<Duration> window = key.window().isZero() ? counter.quota().window() : Optional.of(key.window());
        boolean derivable = !key.window().isZero() || key.refill() != Refill.AT_ONCE;
        return window.filter(length -> derivable && length.compareTo(Duration.ofMillis(1)) >= 0);
    }

    public void refused(LimitUse use, long until, long now) {
        NoRoom refusal = new NoRoom(use.name(), use.limit().unit(), use.amount(), until);
        refusals.removeIf(known -> known.until() <= now || refusal.covers(known));
        if (refusals.stream().noneMatch(known -> known.covers(refusal))) {
            refusals.add(refusal);
        }
    }

    /** Returns how long until it is worth asking the others again. */
    long waitNanos(TokenCount tokens, long now) {
        long wait = Waits.NONE;
        for (int i = 0; i < refusals.size(); i++) {
            NoRoom refusal = refusals.get(i);
            if (refusal.until() > now && refusal.concerns(tokens)) {
                wait = Math.max(wait, refusal.until() - now);
            }
        }
        return wait;
    }
}
