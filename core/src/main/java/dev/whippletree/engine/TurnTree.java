package dev.whippletree.engine;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import org.jspecify.annotations.Nullable;

/**
 * Entries by turn: flights, or whole queues of them. Guarded by the engine's lock.
 *
 * <p>A treap (Seidel and Aragon, "Randomized Search Trees", Algorithmica 16, 1996) whose nodes keep what is below them: how many flights,
 * how many tokens, and the smallest flight by each unit. Adding, removing and counting those before an entry cost O(log n), the rest nothing. Instead of
 * being drawn, priorities are mixed from the entries' numbers, so that equal runs grow equal trees.
 *
 * @param <E> what is kept; its order, and all that is read of it, changes only while it isn't here, unless {@link #update} is told
 */
final class TurnTree<E> {

    /** What a tree of flights reads of each. */
    static final Reading<Flight> OF_FLIGHTS = new Reading<>() {

        @Override
        public boolean isBefore(Flight one, Flight other) {
            return one.isBefore(other);
        }

        @Override
        public long number(Flight flight) {
            return flight.order();
        }

        @Override
        public Before sum(Flight flight) {
            TokenCount tokens = flight.meanTokens();
            return new Before(1, tokens.prompt(), tokens.completion());
        }

        @Override
        public Flight smallest(Flight flight, Limit.Unit unit) {
            return flight;
        }

        @Override
        public TokenCount largest(Flight flight) {
            return flight.mostTokens();
        }
    };

    private final Reading<E> reading;
    private @Nullable Node<E> root;
    private @Nullable E first;

    /**
     * Reads an entry.
     *
     * @param <E> what it reads
     */
    interface Reading<E> {

        boolean isBefore(E one, E other);

        /** Returns a number that no other entry has. */
        long number(E entry);

        /** Returns how many flights it is, and what they will be counted with. */
        Before sum(E entry);

        /** Returns that of its flights which asks for the fewest tokens of a kind. */
        Flight smallest(E entry, Limit.Unit unit);

        /** Returns the most tokens of each kind that any of its flights asks for. */
        TokenCount largest(E entry);
    }

    /** Returns the priority of a node in a treap, from its number: David Stafford's mix 13, as in {@link java.util.SplittableRandom}. */
    static long mixed(long number) {
        long mixed = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    TurnTree(Reading<E> reading) {
        this.reading = reading;
    }

    /** How many come before a flight, and the tokens of prompts and of completions that they will be counted with, as is expected. */
    record Before(long flights, long prompt, long completion) {

        /** Nobody at all. */
        static final Before NOBODY = new Before(0, 0, 0);

        Before plus(Before other) {
            return new Before(flights + other.flights, prompt + other.prompt, completion + other.completion);
        }

        /** Returns as many of them, asking for what they ask on average. */
        Before some(long fewer) {
            if (fewer >= flights) {
                return this;
            }
            double share = (double) fewer / flights;
            return new Before(fewer, Math.round(prompt * share), Math.round(completion * share));
        }

        /** Returns the mean of what they and one flight more ask for. */
        TokenCount meanWith(TokenCount one) {
            long all = flights + 1;
            long total = (prompt + completion + one.total() + flights) / all;
            long ofPrompt = Math.min(total, (prompt + one.prompt() + flights) / all);
            return new TokenCount(ofPrompt, total - ofPrompt);
        }
    }

    /** What was read of an entry. Immutable. */
    private record Own(
            Before sum, TokenCount largest, Flight smallest, Flight shortestPrompt, Flight shortestCompletion) {

        static <E> Own of(E entry, Reading<E> reading) {
            return new Own(
                    reading.sum(entry),
                    reading.largest(entry),
                    reading.smallest(entry, Limit.Unit.TOKENS),
                    reading.smallest(entry, Limit.Unit.INPUT_TOKENS),
                    reading.smallest(entry, Limit.Unit.OUTPUT_TOKENS));
        }
    }

    /** An entry, and what is known of those below it. */
    private static final class Node<E> {

        private final E entry;
        private final long priority;
        private @Nullable Node<E> left;
        private @Nullable Node<E> right;
        private int count;
        private long flights;
        private long prompt;
        private long completion;
        private TokenCount largest;
        private Flight smallest;
        private Flight shortestPrompt;
        private Flight shortestCompletion;
        private Own own;

        Node(E entry, Reading<E> reading) {
            this.entry = entry;
            this.priority = mixed(reading.number(entry));
            this.own = Own.of(entry, reading);
            this.largest = own.largest;
            this.smallest = own.smallest;
            this.shortestPrompt = own.shortestPrompt;
            this.shortestCompletion = own.shortestCompletion;
            sum();
        }

        /** Reads its entry anew. */
        void read(Reading<E> reading) {
            own = Own.of(entry, reading);
        }

        final Node<E> sum() {
            count = 1;
            flights = own.sum.flights();
            prompt = own.sum.prompt();
            completion = own.sum.completion();
            largest = own.largest;
            smallest = own.smallest;
            shortestPrompt = own.shortestPrompt;
            shortestCompletion = own.shortestCompletion;
            if (left != null) {
                add(left);
                smallest = smaller(left.smallest, smallest, Limit.Unit.TOKENS);
                shortestPrompt = smaller(left.shortestPrompt, shortestPrompt, Limit.Unit.INPUT_TOKENS);
                shortestCompletion = smaller(left.shortestCompletion, shortestCompletion, Limit.Unit.OUTPUT_TOKENS);
            }
            if (right != null) {
                add(right);
                smallest = smaller(smallest, right.smallest, Limit.Unit.TOKENS);
                shortestPrompt = smaller(shortestPrompt, right.shortestPrompt, Limit.Unit.INPUT_TOKENS);
                shortestCompletion = smaller(shortestCompletion, right.shortestCompletion, Limit.Unit.OUTPUT_TOKENS);
            }
            return this;
        }

        private void add(Node<E> child) {
            count += child.count;
            flights += child.flights;
            prompt += child.prompt;
            completion += child.completion;
            largest = larger(largest, child.largest);
        }

        private static TokenCount larger(TokenCount one, TokenCount other) {
            if (one.prompt() >= other.prompt() && one.completion() >= other.completion()) {
                return one;
            }
            return new TokenCount(
                    Math.max(one.prompt(), other.prompt()), Math.max(one.completion(), other.completion()));
        }

        /** Of two that ask for as much, the one whose turn is earlier. */
        private static Flight smaller(Flight earlier, Flight later, Limit.Unit unit) {
            return unit.amountOf(earlier.mostTokens()) <= unit.amountOf(later.mostTokens()) ? earlier : later;
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

    /** Returns the entry whose turn comes first; null if there is none. */
    @Nullable E first() {
        return first;
    }

    /** Returns the flight that asks for the fewest tokens of a kind, the first of those; null if there is none. */
    @Nullable Flight smallest(Limit.Unit unit) {
        return root == null ? null : root.smallest(unit);
    }

    /** Returns the most tokens of each kind that any flight asks for. */
    TokenCount largest() {
        return root == null ? TokenCount.NONE : root.largest;
    }

    /** Adds an entry that isn't there yet. */
    void add(E entry) {
        root = added(root, new Node<>(entry, reading));
        first = leftmost();
    }

    /** Removes an entry. */
    void remove(E entry) {
        root = removed(root, entry);
        first = leftmost();
    }

    /** Something that is read of an entry has changed, but not its order. */
    void update(E entry) {
        update(root, entry);
    }

    private void update(@Nullable Node<E> tree, E entry) {
        if (tree == null) {
            throw new IllegalStateException("an entry was to be updated where it isn't");
        }
        if (tree.entry == entry) {
            tree.read(reading);
        } else {
            update(reading.isBefore(entry, tree.entry) ? tree.left : tree.right, entry);
        }
        tree.sum();
    }

    /** Returns how many flights come before an entry, which may be there or not. */
    Before before(E entry) {
        long flights = 0;
        long prompt = 0;
        long completion = 0;
        Node<E> node = root;
        while (node != null) {
            if (reading.isBefore(node.entry, entry)) {
                flights += node.own.sum.flights();
                prompt += node.own.sum.prompt();
                completion += node.own.sum.completion();
                Node<E> left = node.left;
                if (left != null) {
                    flights += left.flights;
                    prompt += left.prompt;
                    completion += left.completion;
                }
                node = node.right;
            } else {
                node = node.left;
            }
        }
        return new Before(flights, prompt, completion);
    }

    /** Returns all flights. */
    Before all() {
        return root == null ? Before.NOBODY : new Before(root.flights, root.prompt, root.completion);
    }

    private @Nullable E leftmost() {
        Node<E> node = root;
        while (node != null && node.left != null) {
            node = node.left;
        }
        return node == null ? null : node.entry;
    }

    private Node<E> added(@Nullable Node<E> tree, Node<E> node) {
        if (tree == null) {
            return node;
        }
        if (reading.isBefore(node.entry, tree.entry)) {
            Node<E> left = added(tree.left, node);
            tree.left = left;
            return left.priority > tree.priority ? raisedLeft(tree, left) : tree.sum();
        }
        Node<E> right = added(tree.right, node);
        tree.right = right;
        return right.priority > tree.priority ? raisedRight(tree, right) : tree.sum();
    }

    private static <E> Node<E> raisedLeft(Node<E> tree, Node<E> left) {
        tree.left = left.right;
        left.right = tree.sum();
        return left.sum();
    }

    private static <E> Node<E> raisedRight(Node<E> tree, Node<E> right) {
        tree.right = right.left;
        right.left = tree.sum();
        return right.sum();
    }

    private @Nullable Node<E> removed(@Nullable Node<E> tree, E entry) {
        if (tree == null) {
            throw new IllegalStateException("an entry was to be removed from where it isn't");
        }
        if (tree.entry == entry) {
            return merged(tree.left, tree.right);
        }
        if (reading.isBefore(entry, tree.entry)) {
            tree.left = removed(tree.left, entry);
        } else {
            tree.right = removed(tree.right, entry);
        }
        return tree.sum();
    }

    private static <E> @Nullable Node<E> merged(@Nullable Node<E> left, @Nullable Node<E> right) {
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
