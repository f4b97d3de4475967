package dev.whippletree.emulator.simulation;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;

/** Invariant 7: a caller's mistake never cools an account down. */
final class MistakesHurtNobody implements Invariant {

    private final Facts facts;
    private final boolean decidable;

    MistakesHurtNobody(Facts facts) {
        this.facts = facts;
        this.decidable = facts.scenario.isHarmless();
    }

    @Override
    public void step(StatusSnapshot status) {
        if (!decidable) {
            return;
        }
        for (StatusSnapshot.Account account : status.accounts()) {
            facts.check(
                    account.state() != AccountState.COOLING && account.state() != AccountState.OFF,
                    "mistakes hurt nobody",
                    () -> account.id() + " is " + account.state() + ": " + account.reason());
        }
    }
}
