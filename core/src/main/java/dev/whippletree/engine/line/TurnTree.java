package dev.whippletree.engine.line;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import org.jspecify.annotations.Nullable;

/**
 * Turns in order, of tickets or of whole queues, with their sums: how many tickets and tokens, and the smallest ticket
 * by each unit. Guarded by the engine's lock.
 *
 * @param <T> whose turns
 */
final class TurnTree<T extends TurnTree.Turn<T>> extends Treap<T> {

    /**
     * A turn, and the sums of it and of those below it.
     *
     * @param <T> whose turn
     */
    abstract static class Turn<T extends Turn<T>> extends Treap.Node<T> {

        private long tickets;
        private long prompt;
        private long completion;
        private long mostPrompt;
        private long mostCompletion;
        private @Nullable Ticket smallest;
        private @Nullable Ticket shortestPrompt;
        private @Nullable Ticket shortestCompletion;

        /** Sets the sums to those of its own tickets, by {@link #count}. */
        abstract void count();

        final void count(Ticket ticket) {
            TokenCount mean = ticket.waiter().meanTokens();
            TokenCount most = ticket.waiter().mostTokens();
            tickets = 1;
            prompt = mean.prompt();
            completion = mean.completion();
            mostPrompt = most.prompt();
            mostCompletion = most.completion();
            smallest = ticket;
            shortestPrompt = ticket;
            shortestCompletion = ticket;
        }

        /** Counts the tickets of a tree that isn't empty. */
        final void count(TurnTree<?> tree) {
            Turn<?> all = tree.root();
            if (all == null) {
                throw new IllegalStateException("a queue without tickets was in a lane");
            }
            tickets = all.tickets;
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
                add(left, true);
            }
            if (right != null) {
                add(right, false);
            }
        }

        private void add(Turn<T> child, boolean earlier) {
            tickets += child.tickets;
            prompt += child.prompt;
            completion += child.completion;
            mostPrompt = Math.max(mostPrompt, child.mostPrompt);
            mostCompletion = Math.max(mostCompletion, child.mostCompletion);
            smallest = smaller(smallest, child.smallest, earlier, Limit.Unit.TOKENS);
            shortestPrompt = smaller(shortestPrompt, child.shortestPrompt, earlier, Limit.Unit.INPUT_TOKENS);
            shortestCompletion =
                    smaller(shortestCompletion, child.shortestCompletion, earlier, Limit.Unit.OUTPUT_TOKENS);
        }

        /** Of two equally small tickets, the earlier one. */
        private static @Nullable Ticket smaller(
                @Nullable Ticket own, @Nullable Ticket other, boolean otherIsEarlier, Limit.Unit unit) {
            if (own == null || other == null) {
                return own == null ? other : own;
            }
            long difference = unit.amountOf(other.waiter().mostTokens())
                    - unit.amountOf(own.waiter().mostTokens());
            return difference < 0 || (difference == 0 && otherIsEarlier) ? other : own;
        }

        @Override
        final void forget() {
            smallest = null;
            shortestPrompt = null;
            shortestCompletion = null;
        }

        final TurnSums sums() {
            return new TurnSums(tickets, prompt, completion);
        }

        final @Nullable Ticket smallest(Limit.Unit unit) {
            return switch (unit) {
                case REQUESTS, TOKENS -> smallest;
                case INPUT_TOKENS -> shortestPrompt;
                case OUTPUT_TOKENS -> shortestCompletion;
            };
        }
    }

    /** Returns the first ticket that needs the fewest tokens of a kind; null if there is none. */
    @Nullable Ticket smallest(Limit.Unit unit) {
        T root = root();
        return root == null ? null : root.smallest(unit);
    }

    /** Returns the most tokens of each kind that any ticket needs. */
    TokenCount largest() {
        Turn<T> root = root();
        return root == null ? TokenCount.NONE : new TokenCount(root.mostPrompt, root.mostCompletion);
    }

    /** Returns the tickets whose turns come before a place in the order. */
    TurnSums before(double start, long number) {
        TurnSums before = TurnSums.NONE;
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

    TurnSums all() {
        T root = root();
        return root == null ? TurnSums.NONE : root.sums();
    }
}
