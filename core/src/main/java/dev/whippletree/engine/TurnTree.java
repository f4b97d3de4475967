package dev.whippletree.engine;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import org.jspecify.annotations.Nullable;

/**
 * Turns in order, of flights or of whole queues of them, and what they come to: how many flights, how many tokens, and the smallest
 * flight by each unit. Guarded by the engine's lock.
 *
 * @param <T> whose turns
 */
final class TurnTree<T extends TurnTree.Turn<T>> extends Treap<T> {

    /** How many flights, and the tokens of prompts and of completions that they will be counted with, as is expected. */
    record Before(long flights, long prompt, long completion) {

        /** Nobody at all. */
        static final Before NOBODY = new Before(0, 0, 0);

        Before plus(Before other) {
            return new Before(flights + other.flights, prompt + other.prompt, completion + other.completion);
        }

        Before minus(Before part) {
            return new Before(flights - part.flights, prompt - part.prompt, completion - part.completion);
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

    /**
     * A turn, and the sums of it and of those below it.
     *
     * @param <T> whose turn
     */
    abstract static class Turn<T extends Turn<T>> extends Treap.Node<T> {

        private long flights;
        private long prompt;
        private long completion;
        private long mostPrompt;
        private long mostCompletion;
        private @Nullable Flight smallest;
        private @Nullable Flight shortestPrompt;
        private @Nullable Flight shortestCompletion;

        /** Sets the sums to those of its flights alone, by {@link #count}. */
        abstract void count();

        /** Counts one flight. */
        final void count(Flight flight) {
            TokenCount mean = flight.meanTokens();
            TokenCount most = flight.mostTokens();
            flights = 1;
            prompt = mean.prompt();
            completion = mean.completion();
            mostPrompt = most.prompt();
            mostCompletion = most.completion();
            smallest = flight;
            shortestPrompt = flight;
            shortestCompletion = flight;
        }

        /** Counts the flights of a tree, of which there are some. */
        final void count(TurnTree<?> tree) {
            Turn<?> all = tree.root();
            if (all == null) {
                throw new IllegalStateException("a queue without flights was in a lane");
            }
            flights = all.flights;
            prompt = all.prompt;
            completion = all.completion;
            mostPrompt = all.mostPrompt;
            mostCompletion = all.mostCompletion;
            smallest = all.smallest;
            shortestPrompt = all.shortestPrompt;
            shortestCompletion = all.shortestCompletion;
        }

        @Override
        final void sum(@Nullable T left, @Nullable T right) {
            count();
            if (left != null) {
                add(left);
                smallest = smaller(left.smallest(Limit.Unit.TOKENS), smallest, Limit.Unit.TOKENS);
                shortestPrompt =
                        smaller(left.smallest(Limit.Unit.INPUT_TOKENS), shortestPrompt, Limit.Unit.INPUT_TOKENS);
                shortestCompletion =
                        smaller(left.smallest(Limit.Unit.OUTPUT_TOKENS), shortestCompletion, Limit.Unit.OUTPUT_TOKENS);
            }
            if (right != null) {
                add(right);
                smallest = smaller(smallest, right.smallest(Limit.Unit.TOKENS), Limit.Unit.TOKENS);
                shortestPrompt =
                        smaller(shortestPrompt, right.smallest(Limit.Unit.INPUT_TOKENS), Limit.Unit.INPUT_TOKENS);
                shortestCompletion =
                        smaller(shortestCompletion, right.smallest(Limit.Unit.OUTPUT_TOKENS), Limit.Unit.OUTPUT_TOKENS);
            }
        }

        private void add(Turn<T> child) {
            flights += child.flights;
            prompt += child.prompt;
            completion += child.completion;
            mostPrompt = Math.max(mostPrompt, child.mostPrompt);
            mostCompletion = Math.max(mostCompletion, child.mostCompletion);
        }

        /** Of two that ask for as much, the one whose turn is earlier. */
        private static @Nullable Flight smaller(@Nullable Flight earlier, @Nullable Flight later, Limit.Unit unit) {
            if (earlier == null || later == null) {
                return earlier == null ? later : earlier;
            }
            return unit.amountOf(earlier.mostTokens()) <= unit.amountOf(later.mostTokens()) ? earlier : later;
        }

        @Override
        final void forget() {
            smallest = null;
            shortestPrompt = null;
            shortestCompletion = null;
        }

        final Before sums() {
            return new Before(flights, prompt, completion);
        }

        final @Nullable Flight smallest(Limit.Unit unit) {
            return switch (unit) {
                case REQUESTS, TOKENS -> smallest;
                case INPUT_TOKENS -> shortestPrompt;
                case OUTPUT_TOKENS -> shortestCompletion;
            };
        }
    }

    /** Returns the flight that asks for the fewest tokens of a kind, the first of those; null if there is none. */
    @Nullable Flight smallest(Limit.Unit unit) {
        T root = root();
        return root == null ? null : root.smallest(unit);
    }

    /** Returns the most tokens of each kind that any flight asks for. */
    TokenCount largest() {
        Turn<T> root = root();
        return root == null ? TokenCount.NONE : new TokenCount(root.mostPrompt, root.mostCompletion);
    }

    /** Returns the flights whose turns come before a place in the order. */
    Before before(double start, long number) {
        Before before = Before.NOBODY;
        Turn<T> node = root();
        while (node != null) {
            if (node.isBefore(start, number)) {
                before = before.plus(node.sums());
                node = node.right;
                before = node == null ? before : before.minus(node.sums());
            } else {
                node = node.left;
            }
        }
        return before;
    }

    /** Returns all flights. */
    Before all() {
        T root = root();
        return root == null ? Before.NOBODY : root.sums();
    }
}
