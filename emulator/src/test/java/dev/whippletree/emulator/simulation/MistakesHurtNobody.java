package dev.whippletree.emulator.simulation;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;

/**
 * Invariant 7: a caller's mistake never cools an account down; nor does a prompt that is refused as if its account were
 * at fault close it.
 */
final class MistakesHurtNobody implements Invariant {

    private final Facts facts;
    private final boolean decidable;
    private final boolean somePoisoned;

    MistakesHurtNobody(Facts facts) {
        this.facts = facts;
        this.decidable = facts.scenario.isHarmless();
        this.somePoisoned = facts.scenario.poisonsSome();
    }

    @Override
    public void step(StatusSnapshot status) {
        if (somePoisoned) {
            for (StatusSnapshot.AccountStatus account : status.accounts()) {
                facts.check(
                        account.answered() == 0 || account.state() != AccountState.OFF,
                        "poisoned prompts hurt nobody",
                        () -> account.id() + " is " + account.state() + ": " + account.reason());
            }
        }
        if (!decidable) {
            return;
        }
        for (StatusSnapshot.AccountStatus account : status.accounts()) {
            facts.check(
                    account.state() != AccountState.COOLING && account.state() != AccountState.OFF,
                    "mistakes hurt nobody",
                    () -> account.id() + " is " + account.state() + ": " + account.reason());
        }
    }
}
