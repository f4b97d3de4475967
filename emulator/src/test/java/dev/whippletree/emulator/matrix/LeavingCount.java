package dev.whippletree.emulator.matrix;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.LongBinaryOperator;

/** Each use counts from its moment until it leaves. */
final class LeavingCount implements Count {

    private final long limit;
    private final LongBinaryOperator leavesNanos;
    private final PriorityQueue<Use> uses = new PriorityQueue<>(Comparator.comparingLong(Use::leavesNanos));
    private long used;

    private record Use(long leavesNanos, long amount) {}

    /**
     * Creates an unused one.
     *
     * @param leavesNanos says, of when a use arrives and when it is answered, when it leaves
     */
    LeavingCount(long limit, LongBinaryOperator leavesNanos) {
        this.limit = limit;
        this.leavesNanos = leavesNanos;
    }

    @Override
    public long earliestNanos(long amount, long nowNanos) {
        while (!uses.isEmpty() && uses.element().leavesNanos <= nowNanos) {
            used -= uses.remove().amount;
        }
        return uses.isEmpty() || used + amount <= limit ? nowNanos : uses.element().leavesNanos;
    }

    @Override
    public void take(long amount, long nowNanos, long answeredNanos) {
        uses.add(new Use(leavesNanos.applyAsLong(nowNanos, answeredNanos), amount));
        used += amount;
    }
}
