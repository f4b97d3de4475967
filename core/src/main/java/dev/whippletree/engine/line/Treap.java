package dev.whippletree.engine.line;

import org.jspecify.annotations.Nullable;

/**
 * Nodes in order. Guarded by the engine's lock.
 *
 * <p>A treap (Seidel and Aragon, "Randomized Search Trees", Algorithmica 16, 1996). Each entry is its own node and
 * knows its parent, so that removing one needs no search; adding costs O(log n). What a node knows of those below it is
 * summed up only when somebody asks: a change marks the nodes above it, up to the first that is marked already. Instead
 * of being drawn, their ranks (the heap's priorities) are mixed from their numbers, so equal runs grow equal trees.
 *
 * @param <N> the nodes
 */
class Treap<N extends Treap.Node<N>> {

    private @Nullable N root;
    private @Nullable N first;

    /**
     * An entry of one tree at a time. Its order is that of {@code at}, then of {@code number}.
     *
     * @param <N> what is kept in the tree
     */
    abstract static class Node<N extends Node<N>> {

        double at;
        long number;
        int rank;
        boolean summed;

        @Nullable N parent;

        @Nullable N left;

        @Nullable N right;

        /** Returns whether it comes before a place in the order. */
        final boolean isBefore(double moment, long tieBreaker) {
            return at != moment ? at < moment : number < tieBreaker;
        }

        /**
         * Sums up itself and the trees to its left and right, which are summed up already. Nothing, unless overridden.
         */
        void sum(@Nullable N left, @Nullable N right) {}

        /** Its sums aren't true any more: drops what they mustn't keep alive. Nothing, unless overridden. */
        void forget() {}

        /** Says that its sums aren't true any more. Returns whether they were. */
        final boolean outdate() {
            boolean before = summed;
            if (before) {
                summed = false;
                forget();
            }
            return before;
        }
    }

    final boolean isEmpty() {
        return root == null;
    }

    final @Nullable N first() {
        return first;
    }

    /** Returns the root, it and all below it summed up; null if the tree is empty. */
    final @Nullable N root() {
        if (root != null) {
            sum(root);
        }
        return root;
    }

    private static <N extends Node<N>> void sum(N node) {
        if (node.summed) {
            return;
        }
        if (node.left != null) {
            sum(node.left);
        }
        if (node.right != null) {
            sum(node.right);
        }
        node.sum(node.left, node.right);
        node.summed = true;
    }

    final void add(N node, double at, long number) {
        node.at = at;
        node.number = number;
        node.rank = mixed(number);
        node.outdate();
        @Nullable N parent = null;
        boolean before = false;
        for (N below = root; below != null; below = before ? below.left : below.right) {
            parent = below;
            before = !below.isBefore(at, number);
        }
        node.parent = parent;
        if (parent == null) {
            root = node;
            first = node;
            return;
        }
        if (before) {
            parent.left = node;
            first = parent == first ? node : first;
        } else {
            parent.right = node;
        }
        changed(parent);
        while (node.parent != null && node.parent.rank < node.rank) {
            raise(node, node.parent);
        }
    }

    /** David Stafford's mix 13, as in {@link java.util.SplittableRandom}. */
    private static int mixed(long number) {
        long mixed = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return (int) (mixed ^ (mixed >>> 31));
    }

    /** Lets a node and its parent change places. */
    private void raise(N node, N parent) {
        if (parent.left == node) {
            parent.left = node.right;
            adopt(parent, node.right);
            node.right = parent;
        } else {
            parent.right = node.left;
            adopt(parent, node.left);
            node.left = parent;
        }
        replace(parent, node);
        parent.parent = node;
    }

    private static <N extends Node<N>> void adopt(N parent, @Nullable N child) {
        if (child != null) {
            child.parent = parent;
        }
    }

    private void replace(N tree, @Nullable N by) {
        N parent = tree.parent;
        if (parent == null) {
            root = by;
        } else if (parent.left == tree) {
            parent.left = by;
        } else {
            parent.right = by;
        }
        if (by != null) {
            by.parent = parent;
        }
    }

    final void remove(N node) {
        if (node.parent == null && node != root) {
            throw new IllegalStateException("a node was to be removed from where it isn't");
        }
        if (node == first) {
            first = node.right == null ? node.parent : leftmost(node.right);
        }
        replace(node, merged(node.left, node.right));
        if (node.parent != null) {
            changed(node.parent);
        }
        node.parent = null;
        node.left = null;
        node.right = null;
        node.outdate();
    }

    final void removeIfPresent(N node) {
        if (node.parent != null || node == root) {
            remove(node);
        }
    }

    private static <N extends Node<N>> N leftmost(N tree) {
        N node = tree;
        while (node.left != null) {
            node = node.left;
        }
        return node;
    }

    private static <N extends Node<N>> @Nullable N merged(@Nullable N left, @Nullable N right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        if (left.rank > right.rank) {
            left.right = merged(left.right, right);
            adopt(left, left.right);
            left.outdate();
            return left;
        }
        right.left = merged(left, right.left);
        adopt(right, right.left);
        right.outdate();
        return right;
    }

    /** Something is another that a node sums up of itself. */
    final void changed(N node) {
        N above = node;
        while (above != null && above.outdate()) {
            above = above.parent;
        }
    }
}
