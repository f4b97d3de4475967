package dev.whippletree.engine;

import dev.whippletree.engine.TurnTree.Before;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts the turns of a lane's tenants that start before a moment of virtual time. Guarded by the engine's lock.
 *
 * <p>A tenant's first turn starts at its start tag, and the later ones follow at equal distances, until it has no more flights. So the
 * number of its turns rises by one, then along a slope, then no more. Each of these bends is kept in a treap (Seidel and Aragon, Algorithmica 16,
 * 1996) with the sums of those below it, and a count over all tenants is one walk from the root: O(log n). What changes is
 * sorted in when it is asked for.
 *
 * <p>First turns are counted exactly. Of the later ones a turn that starts at the very moment counts half, since the order of tenants decides.
 */
final class TurnCounts {

    /** Which of two turns at the same moment goes first is up to their tenants. */
    private static final double HALF = 0.5;

    private final Map<TenantQueue, List<Bend>> bends = new HashMap<>();
    private final Set<TenantQueue> changed = new LinkedHashSet<>();
    private @Nullable Node root;
    private long sortedIn;

    /**
     * Where the number of a tenant's turns begins to rise in another way. Immutable.
     *
     * @param at when, in virtual time
     * @param tenant its number
     * @param place among the bends of the tenant
     * @param jump how many turns start there at once
     * @param slope how many more turns start in a unit of virtual time from there on
     * @param prompt the tokens of each turn's prompt
     * @param completion and those of its completion
     */
    private record Bend(
            double at, long tenant, int place, double jump, double slope, double prompt, double completion) {

        boolean isBefore(Bend other) {
            return isBefore(other.at, other.tenant)
                    || (at == other.at && tenant == other.tenant && place < other.place);
        }

        boolean isBefore(double moment, long ofTenant) {
            return at != moment ? at < moment : tenant < ofTenant;
        }
    }

    /** What some bends come to: the turns counted at a later moment are {@code offset + slope * moment}. Mutable. */
    private static final class Sums {

        private double offset;
        private double slope;
        private double promptOffset;
        private double promptSlope;
        private double completionOffset;
        private double completionSlope;

        void setTo(Bend bend) {
            offset = bend.jump - bend.slope * bend.at;
            slope = bend.slope;
            promptOffset = offset * bend.prompt;
            promptSlope = slope * bend.prompt;
            completionOffset = offset * bend.completion;
            completionSlope = slope * bend.completion;
        }

        void add(Sums other) {
            offset += other.offset;
            slope += other.slope;
            promptOffset += other.promptOffset;
            promptSlope += other.promptSlope;
            completionOffset += other.completionOffset;
            completionSlope += other.completionSlope;
        }

        void add(Bend bend) {
            Sums own = new Sums();
            own.setTo(bend);
            add(own);
        }

        Before at(double moment) {
            return new Before(
                    Math.max(0, Math.round(offset + slope * moment)),
                    Math.max(0, Math.round(promptOffset + promptSlope * moment)),
                    Math.max(0, Math.round(completionOffset + completionSlope * moment)));
        }
    }

    /** A bend, and the sums of it and of those below. */
    private static final class Node {

        private final Bend bend;
        private final long priority;
        private final Sums sums = new Sums();
        private @Nullable Node left;
        private @Nullable Node right;

        Node(Bend bend, long priority) {
            this.bend = bend;
            this.priority = priority;
            sum();
        }

        Node sum() {
            sums.setTo(bend);
            if (left != null) {
                sums.add(left.sums);
            }
            if (right != null) {
                sums.add(right.sums);
            }
            return this;
        }
    }

    /** Something of a tenant's queue is another: its start, its weight, or its flights, of which there are some. */
    void changed(TenantQueue queue) {
        changed.add(queue);
    }

    /** A tenant has no flights here any more. */
    void remove(TenantQueue queue) {
        changed.remove(queue);
        takeOut(queue);
    }

    /**
     * Returns the turns of other tenants that start before one's turn, and what they ask for.
     *
     * @param start when that turn starts
     * @param tenant whose it is
     */
    Before before(double start, Tenant tenant) {
        changed.forEach(this::sortIn);
        changed.clear();
        Sums before = new Sums();
        Node node = root;
        while (node != null) {
            if (node.bend.isBefore(start, tenant.number())) {
                before.add(node.bend);
                if (node.left != null) {
                    before.add(node.left.sums);
                }
                node = node.right;
            } else {
                node = node.left;
            }
        }
        takeOff(before, start, tenant);
        return before.at(start);
    }

    /** The tenant's own turns are no others'. */
    private void takeOff(Sums sums, double start, Tenant tenant) {
        for (TenantQueue queue : tenant.queues()) {
            for (Bend bend : bends.getOrDefault(queue, List.of())) {
                if (bend.isBefore(start, tenant.number())) {
                    sums.add(new Bend(bend.at, bend.tenant, 0, -bend.jump, -bend.slope, bend.prompt, bend.completion));
                }
            }
        }
    }

    private void sortIn(TenantQueue queue) {
        takeOut(queue);
        List<Bend> found = bendsOf(queue);
        bends.put(queue, found);
        for (Bend bend : found) {
            root = added(root, new Node(bend, TurnTree.mixed(++sortedIn)));
        }
    }

    private void takeOut(TenantQueue queue) {
        List<Bend> before = bends.remove(queue);
        if (before != null) {
            before.forEach(bend -> root = removed(root, bend));
        }
    }

    private static List<Bend> bendsOf(TenantQueue queue) {
        Before all = queue.all();
        long number = queue.tenant().number();
        double prompt = (double) all.prompt() / all.flights();
        double completion = (double) all.completion() / all.flights();
        double start = queue.start();
        Bend first = new Bend(start, number, 0, 1, 0, prompt, completion);
        if (all.flights() == 1) {
            return List.of(first);
        }
        double distance = queue.meanCost() / queue.tenant().weight();
        double last = start + (all.flights() - HALF) * distance;
        return List.of(
                first,
                new Bend(start + HALF * distance, number, 1, 0, 1 / distance, prompt, completion),
                new Bend(last, number, 2, 0, -1 / distance, prompt, completion));
    }

    private static Node added(@Nullable Node tree, Node node) {
        if (tree == null) {
            return node;
        }
        if (node.bend.isBefore(tree.bend)) {
            Node left = added(tree.left, node);
            tree.left = left;
            return left.priority > tree.priority ? raisedLeft(tree, left) : tree.sum();
        }
        Node right = added(tree.right, node);
        tree.right = right;
        return right.priority > tree.priority ? raisedRight(tree, right) : tree.sum();
    }

    private static Node raisedLeft(Node tree, Node left) {
        tree.left = left.right;
        left.right = tree.sum();
        return left.sum();
    }

    private static Node raisedRight(Node tree, Node right) {
        tree.right = right.left;
        right.left = tree.sum();
        return right.sum();
    }

    private static @Nullable Node removed(@Nullable Node tree, Bend bend) {
        if (tree == null) {
            throw new IllegalStateException("a bend was to be removed from where it isn't");
        }
        if (tree.bend == bend) {
            return merged(tree.left, tree.right);
        }
        if (bend.isBefore(tree.bend)) {
            tree.left = removed(tree.left, bend);
        } else {
            tree.right = removed(tree.right, bend);
        }
        return tree.sum();
    }

    private static @Nullable Node merged(@Nullable Node left, @Nullable Node right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        if (left.priority > right.priority) {
            left.right = merged(left.right, right);
            return left.sum();
        }
        right.left = merged(left, right.left);
        return right.sum();
    }
}
