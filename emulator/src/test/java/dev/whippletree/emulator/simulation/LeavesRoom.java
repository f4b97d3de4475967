package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Limit;

/** Invariant 3's exception: a batch prompt starts only where it leaves its route's share of each declared limit, or nothing else is used. */
final class LeavesRoom implements Invariant {

    private static final String NAME = "batch leaves room";

    private final Facts facts;
    private final boolean decidable;

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
        if (leave == 0 || !decidable || !call.asked.isBatch()) {
            return;
        }
        for (Books.Owner owner : Books.owners(call.account, call.model)) {
            long amount = owner.limit().amount();
            long needed = owner.limit().unit() == Limit.Unit.REQUESTS ? 1 : call.leastReserved();
            long whole = Math.min(amount, needed + (long) (leave * amount));
            facts.books
                    .left(owner, facts.nowNanos)
                    .ifPresent(left -> facts.check(
                            left.most() >= whole,
                            NAME,
                            () -> "the " + call + " starts with " + left + " of " + owner + ", though " + whole
                                    + " are needed to leave " + leave));
        }
    }
}
