package dev.whippletree.emulator.simulation;

import dev.whippletree.model.StatusSnapshot;

/** Invariant 4: what is taken is given back, once. */
final class LeasesAreConserved implements Invariant {

    private static final String NAME = "leases are conserved";

    private final Facts facts;

    LeasesAreConserved(Facts facts) {
        this.facts = facts;
    }

    @Override
    public void step(StatusSnapshot status) {
        for (StatusSnapshot.Account account : status.accounts()) {
            int underWay = facts.underWay(account.id());
            facts.check(
                    account.inFlight() == underWay,
                    NAME,
                    () -> underWay + " calls are under way on " + account.id() + ", not " + account.inFlight());
            facts.check(
                    underWay <= account.maxConcurrency(),
                    NAME,
                    () -> underWay + " calls are under way on " + account.id() + " of at most "
                            + account.maxConcurrency());
        }
        int all = status.accounts().stream()
                .mapToInt(StatusSnapshot.Account::inFlight)
                .sum();
        facts.check(
                status.inFlight() == all, NAME, () -> "accounts have " + all + " under way, not " + status.inFlight());
        // What is called off at the very instant at which it was to begin is counted but never made.
        facts.check(status.calls() >= facts.calls, NAME, () -> facts.calls + " calls were made, not " + status.calls());
    }

    @Override
    public void end(StatusSnapshot status) {
        facts.check(status.inFlight() == 0, NAME, () -> status.inFlight() + " calls are under way at the end");
    }
}
