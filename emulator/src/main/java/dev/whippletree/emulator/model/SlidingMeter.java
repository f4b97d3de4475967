package dev.whippletree.emulator.model;

import dev.whippletree.model.Limit;
import java.util.ArrayDeque;
import java.util.Deque;

/** A use counts from its moment until a window later, that moment excluded. */
final class SlidingMeter extends WindowMeter {

    private final Deque<Use> uses = new ArrayDeque<>();
    private long used;

    SlidingMeter(Limit limit) {
        super(limit);
    }

    @Override
    public long waitNanos(long amount, long nowNanos) {
        long excess = excess(amount, nowNanos);
        for (Use use : uses) {
            if (excess <= 0) {
                break;
            }
            excess -= use.amount;
            if (excess <= 0) {
                return use.atNanos + windowNanos - nowNanos;
            }
        }
        return 0;
    }

    @Override
    public void take(long amount, long nowNanos) {
        forget(nowNanos);
        uses.addLast(new Use(nowNanos, amount));
        used += amount;
    }

    @Override
    public void giveBack(long amount, long takenNanos, long nowNanos) {
        forget(nowNanos);
        for (Use use : uses) {
            if (use.atNanos == takenNanos && use.amount >= amount) {
                use.amount -= amount;
                used -= amount;
                return;
            }
        }
    }

    @Override
    public long used(long nowNanos) {
        forget(nowNanos);
        return used;
    }

    @Override
    public long resetNanos(long nowNanos) {
        forget(nowNanos);
        return uses.isEmpty() ? 0 : uses.getLast().atNanos + windowNanos - nowNanos;
    }

    private void forget(long nowNanos) {
        while (!uses.isEmpty() && nowNanos - uses.getFirst().atNanos >= windowNanos) {
            used -= uses.removeFirst().amount;
        }
    }

    private static final class Use {
        private final long atNanos;
        private long amount;

        Use(long atNanos, long amount) {
            this.atNanos = atNanos;
            this.amount = amount;
        }
    }
}
