package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Limit;
import java.util.ArrayList;
import java.util.List;

/**
 * Invariant 3's exception: a batch prompt starts only where it leaves its route's share of each declared limit, or
 * nothing else is used.
 *
 * <p>The order in which calls of one instant are made isn't that in which they were decided: a batch prompt may have
 * been before the interactive ones.
 */
final class LeavesRoom implements Invariant {

    private static final String NAME = "batch leaves room";

    /** What products of shares and amounts are off by at most. */
    private static final double ROUNDING = 1e-6;

    private final Facts facts;
    private final boolean decidable;

    /** Interactive calls of the latest instant. */
    private final List<Call> hurried = new ArrayList<>();

    LeavesRoom(Facts facts) {
        this.facts = facts;
        // A batch prompt that a person's equal one has joined is the person's.
        this.decidable = facts.scenario.isDeclared()
                && facts.scenario.reloads().isEmpty()
                && facts.scenario.asks().stream().map(Ask::key).distinct().count()
                        == facts.scenario.asks().size();
    }

    @Override
    public void sending(Call call) {
        double leave = facts.route.leave();
        if (leave == 0 || !decidable) {
            return;
        }
        hurried.removeIf(other -> other.sentNanos < facts.nowNanos);
        if (!call.asked.isBatch()) {
            hurried.add(call);
            return;
        }
        for (Books.Owner owner : Books.owners(call.account, call.model)) {
            long amount = owner.limit().amount();
            long whole = Math.min(amount, least(call, owner) + (long) Math.ceil(leave * amount - ROUNDING));
            long perhapsLater = hurried.stream()
                    .filter(other -> Books.owners(other.account, other.model).contains(owner))
                    .mapToLong(other -> least(other, owner))
                    .sum();
            facts.books
                    .left(owner, facts.nowNanos)
                    .ifPresent(left -> facts.check(
                            left.most() + perhapsLater >= whole,
                            NAME,
                            () -> "the " + call + " starts with " + left + " of " + owner + ", though " + whole
                                    + " are needed to leave " + leave));
        }
    }

    private static long least(Call call, Books.Owner owner) {
        return owner.limit().unit() == Limit.Unit.REQUESTS ? 1 : call.leastReserved();
    }
}
