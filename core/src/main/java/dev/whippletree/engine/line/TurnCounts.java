package dev.whippletree.engine.line;

import dev.whippletree.engine.line.Lane.TenantQueue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the turns of a lane's tenants that start before a moment of virtual time. Guarded by the engine's lock.
 *
 * <p>A tenant's first turn starts at its start tag, and the later ones follow at equal distances, until it has no more
 * tickets. So the number of its turns rises by one, then along a slope, then no more. Each of these bends is kept in
 * order with the sums of those below it, and a count over all tenants is one walk from the root: O(log n).
 *
 * <p>First turns are counted exactly. Of the later ones a turn that starts at the very moment counts half, since the
 * order of tenants decides.
 */
final class TurnCounts {

    /** Of turns at the same moment, half go first: their order depends on their tenants. */
    private static final double HALF = 0.5;

    private final Treap<Bend> bends = new Treap<>();

    /**
     * The turns that some bends add up to, as linear functions of a later moment: {@code offset + slope * moment}.
     * Mutable.
     */
    private static final class Sums {

        private double offset;
        private double slope;
        private double promptOffset;
        private double promptSlope;
        private double completionOffset;
        private double completionSlope;

        void add(Sums other, int times) {
            offset += times * other.offset;
            slope += times * other.slope;
            promptOffset += times * other.promptOffset;
            promptSlope += times * other.promptSlope;
            completionOffset += times * other.completionOffset;
            completionSlope += times * other.completionSlope;
        }

        TurnSums at(double moment) {
            return new TurnSums(
                    Math.max(0, Math.round(offset + slope * moment)),
                    Math.max(0, Math.round(promptOffset + promptSlope * moment)),
                    Math.max(0, Math.round(completionOffset + completionSlope * moment)));
        }
    }

    /** A point from which the number of a tenant's turns grows differently. */
    static final class Bend extends Treap.Node<Bend> {

        private final double moment;
        private final Sums own = new Sums();

        /** Of this bend and of all below it. */
        private Sums sums = new Sums();

        /**
         * Creates one.
         *
         * @param moment when, in virtual time
         * @param jump how many turns start there at once
         * @param slope how many more turns start in a unit of virtual time from there on
         * @param all all of the tenant's tickets, whose mean each turn needs
         */
        private Bend(double moment, double jump, double slope, TurnSums all) {
            this.moment = moment;
            double prompt = (double) all.prompt() / all.tickets();
            double completion = (double) all.completion() / all.tickets();
            own.offset = jump - slope * moment;
            own.slope = slope;
            own.promptOffset = own.offset * prompt;
            own.promptSlope = slope * prompt;
            own.completionOffset = own.offset * completion;
            own.completionSlope = slope * completion;
        }

        @Override
        void sum(@Nullable Bend left, @Nullable Bend right) {
            sums = new Sums();
            sums.add(own, 1);
            if (left != null) {
                sums.add(left.sums, 1);
            }
            if (right != null) {
                sums.add(right.sums, 1);
            }
        }
    }

    /** Counts a queue anew after a change. It must have tickets. */
    void count(TenantQueue queue) {
        remove(queue);
        queue.counted(bendsOf(queue));
        for (Bend bend : queue.bends()) {
            bends.add(bend, bend.moment, queue.tenant().number());
        }
    }

    void remove(TenantQueue queue) {
        queue.bends().forEach(bends::remove);
        queue.counted(List.of());
    }

    /** Returns the turns of other tenants that start before one of a tenant, which may have a queue of its own here. */
    TurnSums before(double start, WaitingTenant tenant, @Nullable TenantQueue own) {
        Sums before = new Sums();
        Bend node = bends.root();
        while (node != null) {
            if (node.isBefore(start, tenant.number())) {
                before.add(node.own, 1);
                if (node.left != null) {
                    before.add(node.left.sums, 1);
                }
                node = node.right;
            } else {
                node = node.left;
            }
        }
        if (own != null) {
            takeOff(before, own, start);
        }
        return before.at(start);
    }

    private static void takeOff(Sums sums, TenantQueue own, double start) {
        for (Bend bend : own.bends()) {
            if (bend.isBefore(start, own.tenant().number())) {
                sums.add(bend.own, -1);
            }
        }
    }

    private static List<Bend> bendsOf(TenantQueue queue) {
        TurnSums all = queue.all();
        double start = queue.start();
        Bend first = new Bend(start, 1, 0, all);
        if (all.tickets() == 1) {
            return List.of(first);
        }
        double distance =
                queue.meanCost() / queue.tenant().weightHere(queue.lane().priority());
        double last = start + (all.tickets() - HALF) * distance;
        return List.of(
                first, new Bend(start + HALF * distance, 0, 1 / distance, all), new Bend(last, 0, -1 / distance, all));
    }
}
