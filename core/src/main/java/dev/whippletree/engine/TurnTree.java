package dev.whippletree.engine;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import org.jspecify.annotations.Nullable;

/**
 * Flights by turn, each of which knows its place. Guarded by the engine's lock.
 *
 * <p>A treap (Seidel and Aragon, "Randomized Search Trees", Algorithmica 16, 1996) whose nodes keep what is below them: how many,
 * how many tokens, and the smallest by each unit. Adding, removing and counting those before a flight cost O(log n), the rest nothing. Instead of
 * being drawn, priorities are mixed from the order of entry, so that equal runs grow equal trees.
 */
final class TurnTree {

    private @Nullable Node root;
    private @Nullable Node first;

    /** How many come before a flight, and the tokens of prompts and of completions that they will be counted with, as is expected. */
    record Before(long flights, long prompt, long completion) {

        /** Nobody at all. */
        static final Before NOBODY = new Before(0, 0, 0);

        Before plus(Before other) {
            return new Before(flights + other.flights, prompt + other.prompt, completion + other.completion);
        }

        /** Returns the mean of what they and one flight more ask for. */
        TokenCount meanWith(TokenCount one) {
            long all = flights + 1;
            long total = (prompt + completion + one.total() + flights) / all;
            long ofPrompt = Math.min(total, (prompt + one.prompt() + flights) / all);
            return new TokenCount(ofPrompt, total - ofPrompt);
        }
    }

    /** A flight, and what is known of those below it. */
    private static final class Node {

        private final Flight flight;
        private final long priority;
        private @Nullable Node left;
        private @Nullable Node right;
        private int count;
        private long prompt;
        private long completion;
        private Flight smallest;
        private Flight shortestPrompt;
        private Flight shortestCompletion;

        Node(Flight flight) {
            this.flight = flight;
            this.priority = mixed(flight.order());
            this.smallest = flight;
            this.shortestPrompt = flight;
            this.shortestCompletion = flight;
            sum();
        }

        /** David Stafford's mix 13, as in {@link java.util.SplittableRandom}. */
        private static long mixed(long order) {
            long mixed = (order ^ (order >>> 30)) * 0xbf58476d1ce4e5b9L;
            mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
            return mixed ^ (mixed >>> 31);
        }

        final Node sum() {
            count = 1;
            prompt = flight.meanTokens().prompt();
            completion = flight.meanTokens().completion();
            smallest = flight;
            shortestPrompt = flight;
            shortestCompletion = flight;
            include(left);
            include(right);
            return this;
        }

        private void include(@Nullable Node child) {
            if (child == null) {
                return;
            }
            count += child.count;
            prompt += child.prompt;
            completion += child.completion;
            smallest = smaller(child.smallest, smallest, Limit.Unit.TOKENS);
            shortestPrompt = smaller(child.shortestPrompt, shortestPrompt, Limit.Unit.INPUT_TOKENS);
            shortestCompletion = smaller(child.shortestCompletion, shortestCompletion, Limit.Unit.OUTPUT_TOKENS);
        }

        private static Flight smaller(Flight one, Flight other, Limit.Unit unit) {
            long ofOne = unit.amountOf(one.mostTokens());
            long ofOther = unit.amountOf(other.mostTokens());
            return ofOne < ofOther || (ofOne == ofOther && one.isBefore(other)) ? one : other;
        }

        Flight smallest(Limit.Unit unit) {
            return switch (unit) {
                case REQUESTS, TOKENS -> smallest;
                case INPUT_TOKENS -> shortestPrompt;
                case OUTPUT_TOKENS -> shortestCompletion;
            };
        }
    }

    int size() {
        return root == null ? 0 : root.count;
    }

    /** Returns the one whose turn comes first; null if there is none. */
    @Nullable Flight first() {
        return first == null ? null : first.flight;
    }

    /** Returns the one that asks for the fewest tokens of a kind, the first of those; null if there is none. */
    @Nullable Flight smallest(Limit.Unit unit) {
        return root == null ? null : root.smallest(unit);
    }

    /** Adds a flight that isn't there yet. */
    void add(Flight flight) {
        root = added(root, new Node(flight));
        first = leftmost();
    }

    /** Removes a flight. */
    void remove(Flight flight) {
        root = removed(root, flight);
        first = leftmost();
    }

    /** Returns how many come before a flight, which may be there or not. */
    Before before(Flight flight) {
        long flights = 0;
        long prompt = 0;
        long completion = 0;
        Node node = root;
        while (node != null) {
            if (node.flight.isBefore(flight)) {
                Node left = node.left;
                flights += 1 + (left == null ? 0 : left.count);
                prompt += node.flight.meanTokens().prompt() + (left == null ? 0 : left.prompt);
                completion += node.flight.meanTokens().completion() + (left == null ? 0 : left.completion);
                node = node.right;
            } else {
                node = node.left;
            }
        }
        return new Before(flights, prompt, completion);
    }

    /** Returns all of them. */
    Before all() {
        return root == null ? Before.NOBODY : new Before(root.count, root.prompt, root.completion);
    }

    private @Nullable Node leftmost() {
        Node node = root;
        while (node != null && node.left != null) {
            node = node.left;
        }
        return node;
    }

    private static Node added(@Nullable Node tree, Node node) {
        if (tree == null) {
            return node;
        }
        if (node.flight.isBefore(tree.flight)) {
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

    private static @Nullable Node removed(@Nullable Node tree, Flight flight) {
        if (tree == null) {
            throw new IllegalStateException("a flight was to be removed from where it isn't");
        }
        if (tree.flight == flight) {
            return merged(tree.left, tree.right);
        }
        if (flight.isBefore(tree.flight)) {
            tree.left = removed(tree.left, flight);
        } else {
            tree.right = removed(tree.right, flight);
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
