package dev.whippletree.engine.saving;

import dev.whippletree.engine.pool.Account;
import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.scope.LimitCounter;
import dev.whippletree.engine.scope.Redeclaration;
import dev.whippletree.engine.scope.ReportKey;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.limits.ReportedQuota;
import dev.whippletree.limits.ReportedQuota.Standing;
import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.limits.SlidingWindow.OthersUse;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.state.ClosedPlace;
import dev.whippletree.state.OwnState;
import dev.whippletree.state.SavedLimit;
import dev.whippletree.state.SavedState;
import dev.whippletree.state.WindowKey;
import dev.whippletree.state.WindowUses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Copies what is worth saving from the engine's state, and what others saved into it. Guarded by the engine's lock. */
final class StateCopy {

    /** A reset further away than any service's: the quota hasn't had a report. */
    private static final long FURTHEST_NANOS = Duration.ofDays(3650).toNanos();

    /** The largest part of a limit that is saved as used in advance: what a crash costs the next process. */
    private static final long PARTS_AHEAD = 16;

    private final Pool pool;
    private final String process;
    private ClosedPlaces places;

    /** What is saved of each window, and when it was copied; what is being saved. */
    private Map<SlidingWindow, Mark> saved = Map.of();

    private long savedAt;
    private Map<SlidingWindow, Mark> saving = Map.of();
    private long savingAt;

    /**
     * How much of a window's use is saved.
     *
     * @param used all use ever
     * @param ahead further use saved in advance
     */
    private record Mark(long used, long ahead) {}

    StateCopy(Pool pool, String process) {
        this.pool = pool;
        this.process = process;
        this.places = new ClosedPlaces(pool, ClosedPlaces.marks(owners()), Set.of());
    }

    /** Continues with the state that other processes saved, running ones included. */
    void resume(SavedState saved, SavedTimes times) {
        SavedState present = saved.at(times.at());
        takeIn(present, times);
        present.limits().forEach(limit -> resume(limit, times));
        places.resume(present.closures(), times);
        present.tokens().forEach(tokens -> pool.forecast().resume(tokens, times.nanos(tokens.changed())));
    }

    /** Continues with saved state for scopes that are new in the pool. */
    void resumeAllBut(Collection<ScopeState> known, SavedState saved, SavedTimes times) {
        SavedState present = saved.at(times.at());
        takeIn(present, times);
        Set<Scope> old = known.stream().map(ScopeState::scope).collect(Collectors.toSet());
        present.limits().stream()
                .filter(limit -> !old.contains(limit.key().scope()))
                .forEach(limit -> resume(limit, times));
    }

    Map<ClosedPlace, List<AccountSettings>> owners() {
        return ClosedPlaces.owners(pool);
    }

    void poolChanged(Map<ClosedPlace, String> marks) {
        places = new ClosedPlaces(pool, marks, places.closed());
    }

    /** Counts others' use. Their reports and closures are left aside: this process finds out by itself. */
    void takeIn(SavedState saved, SavedTimes times) {
        Map<WindowKey, SortedMap<Long, Long>> uses = saved.usesOfOthers(process);
        for (ScopeState scope : pool.scopes()) {
            for (LimitCounter counter : scope.limits().declared()) {
                SlidingWindow window = Redeclaration.window(counter);
                WindowKey key = SavedUses.key(scope, counter.unit(), window);
                window.takeIn(dated(uses.getOrDefault(key, new TreeMap<>()), times), times.now());
            }
        }
    }

    private static List<OthersUse> dated(SortedMap<Long, Long> sums, SavedTimes times) {
        List<OthersUse> uses = new ArrayList<>(sums.size());
        sums.forEach((date, sum) -> uses.add(new OthersUse(date, times.nanos(date), sum)));
        return uses;
    }

    private void resume(SavedLimit limit, SavedTimes times) {
        Standing standing = new Standing(
                limit.amount(),
                limit.left(),
                times.nanos(limit.full()) - times.now(),
                limit.refill().toNanos(),
                Math.max(0, times.now() - times.nanos(limit.changed())));
        ReportKey key = new ReportKey(
                limit.key().unit(), limit.key().refill(), limit.key().window());
        pool.scope(limit.key().scope()).ifPresent(scope -> scope.limits().resume(key, standing, times.now()));
    }

    /** Returns whether a target's use of declared limits is saved already. */
    boolean covers(Target target, long now) {
        return target.scopes().stream()
                .flatMap(scope -> scope.limits().declared().stream())
                .map(Redeclaration::window)
                .allMatch(window -> covers(window, now));
    }

    private boolean covers(SlidingWindow window, long now) {
        Mark mark = saved.get(window);
        return mark != null
                && window.usedEver() - mark.used() <= (now - savedAt < StateSaver.INTERVAL_NANOS ? mark.ahead() : 0);
    }

    /** Notes that the last copy is saved. Returns whether it included use in advance. */
    boolean saved() {
        saved = saving;
        savedAt = savingAt;
        return saved.values().stream().anyMatch(mark -> mark.ahead() > 0);
    }

    /** Returns how much use to save in advance: twice what was used since the last save. */
    private long ahead(SlidingWindow window) {
        Mark mark = saved.get(window);
        return mark == null ? 0 : Math.min(2 * (window.usedEver() - mark.used()), window.amount() / PARTS_AHEAD);
    }

    /**
     * Returns this process's own state.
     *
     * @param last whether nothing will be used any more
     */
    OwnState own(SavedTimes times, boolean last) {
        savingAt = times.now();
        saving = new HashMap<>();
        List<WindowUses> uses = new ArrayList<>();
        List<SavedLimit> limits = new ArrayList<>();
        for (ScopeState scope : pool.scopes()) {
            for (LimitCounter counter : scope.limits().everDeclared()) {
                SlidingWindow window = Redeclaration.window(counter);
                Mark mark = new Mark(window.usedEver(), last ? 0 : ahead(window));
                saving.put(window, mark);
                uses.add(SavedUses.of(SavedUses.key(scope, counter.unit(), window), window, mark.ahead(), times));
            }
            scope.limits()
                    .reported()
                    .forEach((key, counter) ->
                            saved(scope.scope(), key, counter, times).ifPresent(limits::add));
        }
        return new OwnState(
                process,
                uses,
                limits,
                places.closed(times),
                places.reopened(times.now()),
                pool.forecast().saved(times::instant));
    }

    private static Optional<SavedLimit> saved(Scope scope, ReportKey key, LimitCounter counter, SavedTimes times) {
        if (!(counter.quota() instanceof ReportedQuota quota)) {
            return Optional.empty();
        }
        Standing standing = quota.standing(times.now());
        if (standing.fullInNanos() <= 0 || standing.fullInNanos() > FURTHEST_NANOS) {
            return Optional.empty();
        }
        return Optional.of(new SavedLimit(
                new SavedLimit.SavedLimitKey(scope, key.unit(), key.refill(), key.window()),
                standing.amount(),
                Math.min(standing.amount(), standing.left()),
                times.instant(times.now() + standing.fullInNanos()),
                Duration.ofNanos(standing.refillNanos()),
                times.instant(times.now() - standing.ageNanos())));
    }

    /** Adds up the uses of one sliding window by the buckets of time in which they are saved. Confined. */
    static final class SavedUses implements SlidingWindow.Visitor {

        private final WindowKey key;
        private final SavedTimes times;
        private final SortedMap<Long, Long> sums = new TreeMap<>();

        /** The end of the present bucket, as a ticker reading; uses come in order of their dates. */
        private long bucketEnd = Long.MIN_VALUE;

        private long bucket;
        private long sum;

        private SavedUses(WindowKey key, SavedTimes times) {
            this.key = key;
            this.times = times;
        }

        /**
         * Returns a window's use. Use under way is dated at the latest moment at which it can arrive.
         *
         * @param ahead what may be used before the next save
         */
        static WindowUses of(WindowKey key, SlidingWindow window, long ahead, SavedTimes times) {
            SavedUses uses = new SavedUses(key, times);
            long underWay = window.visitOwn(uses, times.now());
            uses.end();
            uses.bucketEnd = Long.MIN_VALUE;
            uses.use(times.now() + StateSaver.INTERVAL_NANOS + Account.UNTOLD_TRANSIT_NANOS, underWay + ahead);
            uses.end();
            return new WindowUses(key, uses.sums);
        }

        static WindowKey key(ScopeState scope, Limit.Unit unit, SlidingWindow window) {
            return new WindowKey(scope.scope(), unit, window.window().orElseThrow());
        }

        @Override
        public void use(long date, long amount) {
            if (date > bucketEnd) {
                end();
                bucket = key.bucket(times.millis(date));
                bucketEnd = times.nanos(bucket);
            }
            sum += amount;
        }

        private void end() {
            if (sum > 0) {
                sums.merge(bucket, sum, Long::sum);
            }
            sum = 0;
        }
    }
}
