package dev.whippletree.engine.saving;

import dev.whippletree.engine.pool.Account;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.model.Limit;
import dev.whippletree.state.WindowKey;
import dev.whippletree.state.WindowUses;
import java.util.SortedMap;
import java.util.TreeMap;

/** Adds up the uses of one sliding window by the buckets of time in which they are saved. Confined. */
final class SavedUses implements SlidingWindow.Visitor {

    private final WindowKey key;
    private final SavedTimes times;
    private final SortedMap<Long, Long> sums = new TreeMap<>();

    /** The end of the bucket being added up, as a reading of the ticker: uses come in the order of their dates. */
    private long bucketEnd = Long.MIN_VALUE;

    private long bucket;
    private long sum;

    private SavedUses(WindowKey key, SavedTimes times) {
        this.key = key;
        this.times = times;
    }

    /**
     * Returns what was used of a window, what is under way as if it arrived at the latest moment it can if nobody waits for it.
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
